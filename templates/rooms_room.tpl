{{%AUTOESCAPE context="HTML"}}
<div class="head">
  <div><a class="crumb" href="/rooms"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#chevron"/></svg>Rooms</a><h1>{{ROW_NAME}}</h1><p>{{ROW_EMAIL}} · {{ROOM_FROM}}</p></div>
  <div class="row">{{#IS_ON}}<form method="post" action="{{CHECK_URL}}"><input type="hidden" name="csrf" value="{{CSRF}}"><button class="btn primary"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#refresh"/></svg>Check now</button></form>{{/IS_ON}}<a class="btn quiet danger" href="{{REMOVE_URL}}">Remove…</a></div>
</div>
<div class="split">
  <div class="stack" id="room" data-say="{{SAY}}"{{#ROOMS_LIVE}} data-poll="{{LIVE_URL}}" data-every="2"{{/ROOMS_LIVE}}>
    <section class="card" aria-labelledby="v"><div class="body stack">
      <div class="verdict {{STATUS_CLASS}}"><span class="badge"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#{{STATUS_ICON:u}}"/></svg></span><div><h2 id="v">{{STATUS_WORD}}{{#ROW_WHY}}: {{ROW_WHY}}{{/ROW_WHY}}</h2><p>{{ROOM_SAY}}{{#ROW_AT}} Seen <time datetime="{{ROW_AT_ISO}}" data-rel>{{ROW_AT}}</time>.{{/ROW_AT}}</p></div></div>
      {{#LIVE}}<p class="row"><svg class="i spin" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#running"/></svg>{{SAY}}<a class="btn sm push" href="{{LIVE_URL}}">Refresh</a></p>{{/LIVE}}
      {{>PARTS_FIX}}
    </div></section>
    {{>PARTS_COMMAND}}
    <section class="card" aria-labelledby="b"><header><h2 id="b">Does it take bookings?</h2></header><div class="body stack">
      <div class="verdict {{ACCEPTS_CLASS}}"><span class="badge"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#{{ACCEPTS_ICON:u}}"/></svg></span><div><h3>{{ACCEPTS_TITLE}}</h3><p>{{ACCEPTS_SAY}}{{#ACCEPTS_AT}} Tried <time datetime="{{ACCEPTS_AT_ISO}}" data-rel>{{ACCEPTS_AT}}</time>.{{/ACCEPTS_AT}}</p></div></div>
      <p class="hint">A try makes one meeting in the dedicated mailbox’s calendar, about two months ahead, in an hour in which the room is free, waits for the answer, and cancels it again. People who look at the room’s calendar may see it for a minute.</p>
    </div><footer>{{#TRYING}}<span class="muted">The room is asked now. That takes up to a minute.</span>{{/TRYING}}{{#CAN_TRY}}<form class="push" method="post" action="{{TRY_URL}}"><input type="hidden" name="csrf" value="{{CSRF}}"><button class="btn"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#calendar"/></svg>Try a booking</button></form>{{/CAN_TRY}}</footer></section>
    {{#TOLD}}{{>PARTS_STEPS}}{{/TOLD}}
  </div>
  <aside class="stack" aria-label="Details">
    <section class="card" aria-labelledby="d"><header><h2 id="d">About the room</h2></header><div class="body">
      <form class="stack" method="post" action="{{ROW_URL}}"><input type="hidden" name="csrf" value="{{CSRF}}">
        {{>PARTS_ROOM}}
        <div class="row"><button class="btn" type="submit">Save</button></div>
      </form>
    </div></section>
    <section class="card"><header><h2>Rights found</h2></header><div class="body"><p>{{ROW_RIGHTS}}</p></div><footer><a href="{{PERSON_URL}}">What happened, evidence, busy time</a></footer></section>
  </aside>
</div>
