{{%AUTOESCAPE context="HTML"}}
<div id="mine" class="stack lg" data-say="{{MINE_TITLE}}"{{#MINE_POLL}} data-poll="{{CHECK_URL}}" data-every="2"{{/MINE_POLL}}>
  {{#NOTE}}<div class="callout {{NOTE_CLASS}}"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#{{NOTE_ICON:u}}"/></svg><b>{{NOTE_WHAT}}</b><span>{{NOTE_MORE}}</span>{{#NOTE_ACT}}<a href="{{NOTE_ACT_URL}}">{{NOTE_ACT}}</a>{{/NOTE_ACT}}</div>
  {{/NOTE}}
  <section class="verdict {{MINE_CLASS}}"><span class="badge"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#{{MINE_ICON:u}}"/></svg></span><div><h1 class="xl">{{MINE_TITLE}}</h1><p class="lead">{{MINE_SAY}}</p>{{#SEEN_AT}}<p>Seen <time datetime="{{SEEN_AT_ISO}}" data-rel>{{SEEN_AT}}</time>.</p>{{/SEEN_AT}}{{#ACT}}<p><a class="btn" href="{{ACT_URL}}">{{ACT}}</a></p>{{/ACT}}</div></section>
  <div class="split">
  <div class="stack">
    {{#MEND}}<section class="card" aria-labelledby="how"><header><h2 id="how">{{MEND_TITLE}}</h2></header><div class="body stack">
      {{#MEND_MAILBOX}}<div class="copyline"><code id="mb">{{MEND_MAILBOX}}</code><button class="btn sm" type="button" data-copy="mb" hidden><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#copy"/></svg>Copy<span class="sr"> the address</span></button></div>{{/MEND_MAILBOX}}
      <p class="muted" id="which">Which Outlook do you use?</p>
      <div class="tabs" role="group" aria-labelledby="which">
        {{#OUTLOOK}}<input type="radio" name="outlook" form="check" value="{{OUTLOOK_CODE}}" id="ol-{{OUTLOOK_CODE}}"{{#OUTLOOK_CHOSEN}} checked{{/OUTLOOK_CHOSEN}}><label for="ol-{{OUTLOOK_CODE}}">{{OUTLOOK_TITLE}}</label>
        <div class="panel"><ol class="steps" role="list">{{#WAY_STEP}}<li class="step big is-info"><span class="dot" aria-hidden="true">{{WAY_STEP_N}}</span><h3><span class="sr">{{WAY_STEP_N}}: </span>{{WAY_STEP_TITLE}}</h3><div class="more"><span>{{WAY_STEP_SAY}}</span></div></li>{{/WAY_STEP}}</ol></div>
        {{/OUTLOOK}}
      </div>
    </div>
    {{>PARTS_CHECK}}</section>
    <div class="callout is-info"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#info"/></svg><b>Something does not look right?</b><span>{{MEND_STUCK}}{{#MY_ADMINS}} Tell {{MY_ADMINS}}.{{/MY_ADMINS}}</span></div>{{/MEND}}
    {{#OWN}}<section class="card" aria-labelledby="own"><header><h2 id="own">Your sign-in</h2></header><div class="body"><p>{{OWN_SAY}}</p></div><footer>{{#OWN_ASKED}}<a class="btn primary push" href="/me/signin">Enter your sign-in</a>{{/OWN_ASKED}}{{#OWN_HELD}}<a class="btn push" href="/me/signin">My sign-in</a>{{/OWN_HELD}}</footer></section>{{/OWN}}
    {{#WORKS}}<section class="card" aria-labelledby="works"><header><h2 id="works">What works</h2></header><div class="body"><ul class="rights" role="list">
      {{#RIGHT}}<li class="{{RIGHT_CLASS}}"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#{{RIGHT_ICON:u}}"/></svg>{{RIGHT_NAME}}<span class="muted">{{RIGHT_WORD}}</span></li>
      {{/RIGHT}}
    </ul></div></section>{{/WORKS}}
    {{#MY_WEEK}}<section class="card" aria-labelledby="week"><header><h2 id="week">Your busy time, as applications see it</h2>{{#WEEK_AT}}<span class="small muted">read <time datetime="{{WEEK_AT_ISO}}" data-rel>{{WEEK_AT}}</time></span>{{/WEEK_AT}}</header><div class="body stack">{{>PARTS_WEEK}}</div>{{#MAY_READ}}<footer><form class="push" method="post" action="/me/week"><input type="hidden" name="csrf" value="{{CSRF}}"><button class="btn sm"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#calendar"/></svg>Read it now</button></form></footer>{{/MAY_READ}}</section>{{/MY_WEEK}}
    {{#LOOKED}}<section class="card" aria-labelledby="looked"><header><h2 id="looked">Has something changed?</h2></header><div class="body"><p class="muted">Your calendar is looked at by itself, at least once a day. You need not wait for that.</p></div>
    {{>PARTS_CHECK}}</section>{{/LOOKED}}
  </div>
  <aside class="stack" aria-label="Your privacy">
    <section class="card"><header><h2>What it can see</h2></header><div class="body"><ul class="rights" role="list">
      {{#CAN}}<li class="is-ok"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#ok"/></svg><span>{{CAN}}</span></li>
      {{/CAN}}{{#REACH}}<li class="is-info"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#info"/></svg><span>{{REACH}}</span></li>{{/REACH}}</ul>
      <h3>What it never asks for</h3><ul class="rights" role="list"><li class="is-unknown"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#blocked"/></svg><span>Subjects, texts, places and guests of your events</span></li><li class="is-unknown"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#blocked"/></svg><span>Mail, contacts and files</span></li>{{#NO_PASSWORD}}<li class="is-unknown"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#blocked"/></svg><span>The password of your mailbox</span></li>{{/NO_PASSWORD}}</ul>
      <h3>What is kept of you</h3><ul class="rights" role="list"><li class="is-ok"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#ok"/></svg><span>Your name and e-mail address</span></li><li class="is-ok"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#ok"/></svg><span>When and from where you signed in</span></li><li class="is-ok"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#ok"/></svg><span>Whether your calendar works, what may be done in it, and when that changed</span></li><li class="is-ok"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#ok"/></svg><span>When you are busy in these two weeks, for a day after somebody had it read</span></li></ul>
    </div></section>
    {{#STOP}}<section class="card"><header><h2>Stop sharing</h2></header><div class="body"><p class="muted">{{STOP}}</p></div></section>{{/STOP}}
  </aside>
  </div>
</div>
