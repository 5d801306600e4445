{{%AUTOESCAPE context="HTML"}}
<section class="card" aria-labelledby="steps">
  <header><h2 id="steps">Steps</h2>{{#PROGRESS}}<span class="num muted small">{{STEPS_DONE}} of {{STEPS_ALL}} finished</span><p><progress max="{{STEPS_ALL}}" value="{{STEPS_DONE}}" aria-label="Steps finished">{{STEPS_DONE}} of {{STEPS_ALL}}</progress></p>{{/PROGRESS}}</header>
  <div class="body"><ol class="steps" role="list">
    {{#STEP}}<li class="step {{STEP_CLASS}}"><span class="dot"><svg class="i{{#SPIN}} spin{{/SPIN}}" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#{{STEP_ICON:u}}"/></svg></span><h3><span class="sr">{{STEP_WORD}}: </span>{{STEP_TITLE}}</h3><span class="time">{{STEP_TIME}}</span>{{#STEP_MORE}}<div class="more">
      {{#STEP_SAY}}<span>{{STEP_SAY}}</span>{{/STEP_SAY}}
      {{#STEP_CAUSE}}<dl class="kv cause"><dt>{{STEP_KIND}}</dt><dd>{{STEP_WHAT}}</dd>{{#STEP_WHY}}<dt>Why</dt><dd>{{STEP_WHY}}</dd>{{/STEP_WHY}}{{#STEP_FIX}}<dt>What to do</dt><dd>{{#FIX_LINE}}<p>{{FIX_LINE}}</p>{{/FIX_LINE}}</dd>{{/STEP_FIX}}</dl>{{/STEP_CAUSE}}
      {{#STEP_LINK}}<div class="row"><a class="btn sm" href="{{STEP_LINK_URL}}">{{STEP_LINK_NAME}}</a></div>{{/STEP_LINK}}
      {{#STEP_RAW}}<details><summary>What the server said</summary><div class="code"><pre tabindex="0">{{STEP_RAW:p}}</pre></div></details>{{/STEP_RAW}}
    </div>{{/STEP_MORE}}</li>
    {{/STEP}}
    {{#NO_STEPS}}<li class="step is-unknown"><span class="dot"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#unknown"/></svg></span><h3>No step has begun</h3></li>{{/NO_STEPS}}
  </ol></div>
</section>
