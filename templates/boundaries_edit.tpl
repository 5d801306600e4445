{{%AUTOESCAPE context="HTML"}}
<div class="head">
  <div><a class="crumb" href="/boundaries"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#chevron"/></svg>Boundaries</a><h1>How far Latchkey is meant to reach</h1><p>Saying it changes no right in Exchange. Latchkey compares what it measures with it, and tells what is more or less.</p></div>
</div>
{{>PARTS_CONNECTION}}
{{#ASK}}<section class="card" aria-labelledby="ask"><header><h2 id="ask">It reaches further in {{ABOVE}}</h2></header>
  <div class="body stack">
    <p>You are about to say: <b>{{LEVEL_NAME}}</b>. As measured, the whole mailbox opens in {{ABOVE_FULL}}{{#ABOVE_BOTH}} and the calendar in {{ABOVE_CALENDAR}}{{/ABOVE_BOTH}}.</p>
    <p>They are then marked as more than intended, until the rights are narrowed. Nothing in Exchange changes by itself, and everything goes on working.</p>
    <p>{{MEND}}</p>
  </div>
  <footer><a class="btn push" href="/boundaries">Leave it as it is</a><form method="post" action="/boundaries/edit"><input type="hidden" name="csrf" value="{{CSRF}}"><input type="hidden" name="from" value="{{FROM}}"><input type="hidden" name="level" value="{{LEVEL_CODE}}"><input type="hidden" name="outside" value="{{V_OUTSIDE}}"><input type="hidden" name="sure" value="1"><button class="btn primary">Say {{LEVEL_NAME}}</button></form></footer>
</section>{{/ASK}}
{{#CHANGE}}<form class="card" method="post" action="/boundaries/edit" aria-label="What is intended"><input type="hidden" name="csrf" value="{{CSRF}}"><input type="hidden" name="from" value="{{FROM}}">
  <div class="body stack">
    <fieldset class="stack xs"{{#E_LEVEL}} aria-describedby="level-err"{{/E_LEVEL}}><legend>Latchkey may reach</legend>
      {{#LEVEL}}<label class="opt"><input type="radio" name="level" value="{{LEVEL_CODE}}" required{{#LEVEL_CHECKED}} checked{{/LEVEL_CHECKED}}><span>{{LEVEL_NAME}}<br><span class="hint">{{LEVEL_HINT}}</span></span></label>
      {{/LEVEL}}
      {{#E_LEVEL}}<p class="error" id="level-err"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#stop"/></svg>{{E_LEVEL}}</p>{{/E_LEVEL}}
    </fieldset>
    <div class="field">
      <label class="label" for="outside">A mailbox that must stay shut</label>
      <input class="input" id="outside" name="outside" type="email" maxlength="254" autocomplete="off" value="{{V_OUTSIDE}}" aria-describedby="outside-hint{{#E_OUTSIDE}} outside-err{{/E_OUTSIDE}}"{{#E_OUTSIDE}} aria-invalid="true"{{/E_OUTSIDE}}>
      <p class="hint" id="outside-hint">May be left empty. The address of somebody who is no member, and whom Latchkey must never reach. It is tried daily whether their calendar or inbox opens; nothing in it is read. With impersonation this shows a role that reaches everyone.</p>
      {{#E_OUTSIDE}}<p class="error" id="outside-err"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#stop"/></svg>{{E_OUTSIDE}}</p>{{/E_OUTSIDE}}
    </div>
  </div>
  <footer><a class="btn push" href="/boundaries">Leave it as it is</a><button class="btn primary">Save</button></footer>
</form>{{/CHANGE}}
