{{%AUTOESCAPE context="HTML"}}
<div class="head">
  <div><a class="crumb" href="/me/signin"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#chevron"/></svg>My sign-in</a><h1>Proof of my sign-in</h1><p>It is used as soon as it has proved itself.</p></div>
</div>
<div class="stack" id="proof" data-say="{{VERDICT}}, {{STEPS_DONE}} of {{STEPS_ALL}} steps"{{#LIVE}} data-poll="{{JOB_URL}}" data-every="2"{{/LIVE}}>
  {{#AWAY}}<div class="callout is-action"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#action"/></svg><b>Latchkey is not running at the moment</b><span>Your sign-in is proved as soon as it is back. You need not wait here.</span></div>{{/AWAY}}
  <section class="card" aria-labelledby="run"><div class="body">
    {{>PARTS_VERDICT}}
  </div>{{#ENDED}}<footer>{{#OWN_DONE}}<a class="btn primary push" href="/me">My connection</a>{{/OWN_DONE}}<a class="btn push" href="/me/signin">My sign-in</a></footer>{{/ENDED}}</section>
  {{>PARTS_STEPS}}
</div>
