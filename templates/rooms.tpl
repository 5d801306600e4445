{{%AUTOESCAPE context="HTML"}}
<div class="head">
  <div><h1>Rooms</h1><p>{{ROOMS_SAY}}</p></div>
  <div class="row"><a class="btn quiet" href="/rooms/add"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#plus"/></svg>Add a room</a>{{#ROOMS}}<form method="post" action="/rooms/check"><input type="hidden" name="csrf" value="{{CSRF}}"><button class="btn">Check all rooms</button></form>{{/ROOMS}}{{#READY}}<form method="post" action="/rooms/read"><input type="hidden" name="csrf" value="{{CSRF}}"><button class="btn primary"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#refresh"/></svg>{{READ_NAME}}</button></form>{{/READY}}</div>
</div>
<div class="stack">
  {{#ODD}}<div class="callout is-limited"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#limited"/></svg><b>The address asks for something that is not known</b><span>It is left out here. {{E_Q}}</span></div>{{/ODD}}
  {{#NOT_READY}}<div class="callout is-action"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#plug"/></svg><b>Exchange cannot be asked now</b><span>{{NOT_READY}}</span><span class="row"><a class="btn sm" href="/connection">See the connection</a></span></div>{{/NOT_READY}}
  <section class="card" aria-label="Rooms">
    {{#ROOMS}}<form class="toolbar" role="search" method="get" action="/rooms"><span class="with grow"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#search"/></svg><input class="input" type="search" name="q" maxlength="100" aria-label="Search rooms" placeholder="Beginning of a name or address" autocomplete="off" value="{{V_Q}}"></span>
      <label class="row tight"><span class="muted">List</span> <select class="select" name="list">{{#LISTED}}<option value="{{OPTION_VALUE}}"{{#OPTION_CHOSEN}} selected{{/OPTION_CHOSEN}}>{{OPTION_NAME}}</option>{{/LISTED}}</select></label>
      <label class="row tight"><span class="muted">Status</span> <select class="select" name="status">{{#STATUSES}}<option value="{{OPTION_VALUE}}"{{#OPTION_CHOSEN}} selected{{/OPTION_CHOSEN}}>{{OPTION_NAME}}</option>{{/STATUSES}}</select></label>
      <button class="btn">Search</button></form>{{/ROOMS}}
    <div class="flush" id="rooms"{{#ROOMS_LIVE}} data-poll="{{LIVE_URL}}" data-every="3"{{/ROOMS_LIVE}} data-say="{{SAY}}">
    {{#READING}}<div class="callout notice {{READING_CLASS}}"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#{{READING_ICON:u}}"/></svg><b>{{READING_TITLE}}</b><span><a href="{{READING_URL}}">What the room lists said</a>, <time datetime="{{READING_AT_ISO}}" data-rel>{{READING_AT}}</time></span></div>{{/READING}}
    {{>PARTS_WORKS}}
    {{#ROOMS}}{{#ROWS}}<div class="scroll" tabindex="0" role="region" aria-label="Room table"><table class="table"><thead><tr><th scope="col">Room</th><th scope="col" class="col-m">Place</th><th scope="col" class="end col-s">Seats</th><th scope="col">Status</th><th scope="col" class="col-l">List</th><th scope="col" class="col-l">Last checked</th></tr></thead><tbody>
      {{#ROW}}<tr><th scope="row"><a href="{{ROW_URL}}">{{ROW_NAME}}</a><span class="sub">{{ROW_LOCAL}}<wbr>{{ROW_DOMAIN}}</span></th><td class="col-m muted">{{ROW_PLACE}}</td><td class="end col-s">{{ROW_SEATS}}</td><td>{{>PARTS_STATUS}}{{#ROW_WHY}}<span class="sub">{{ROW_WHY}}</span>{{/ROW_WHY}}{{#ROW_ACCEPTS}}<span class="sub">{{ROW_ACCEPTS}}</span>{{/ROW_ACCEPTS}}{{#ROW_DECLINES}}<span class="sub stale">{{ROW_DECLINES}}</span>{{/ROW_DECLINES}}</td><td class="col-l muted">{{ROW_LIST}}</td><td class="col-l">{{#ROW_AT}}<time datetime="{{ROW_AT_ISO}}" data-rel>{{ROW_AT}}</time>{{/ROW_AT}}{{#ROW_NEVER}}<span class="muted">Not yet</span>{{/ROW_NEVER}}</td></tr>
      {{/ROW}}
    </tbody></table></div>{{/ROWS}}
    {{#NO_MATCH}}<div class="empty"><span class="badge"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#search"/></svg></span><h2>No room matches</h2><p>No room fits all that is chosen above. A search finds the beginning of a name or an address.</p><div class="row"><a class="btn" href="/rooms">Clear search and filters</a></div></div>{{/NO_MATCH}}
    <footer class="pager"><span class="muted num">{{SAY}}</span><span class="row tight">{{#FIRST}}<a class="btn sm" href="{{FIRST_URL}}">First page</a>{{/FIRST}}{{#MORE}}<a class="btn sm" href="{{MORE_URL}}">Next page<svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#chevron"/></svg></a>{{/MORE}}</span></footer>{{/ROOMS}}
    {{#NO_ROOMS}}<div class="empty"><span class="badge"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#door"/></svg></span><h2>No room is here yet</h2><p>Read the room lists of Exchange: every room in them appears here and is looked at within a minute. A room that is in no list is added by its address.</p><div class="row"><a class="btn" href="/rooms/add">Add a room</a></div></div>{{/NO_ROOMS}}
    </div>
  </section>
</div>
