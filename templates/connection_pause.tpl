{{%AUTOESCAPE context="HTML"}}
<div class="head">
  <div><a class="crumb" href="/connection/test"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#chevron"/></svg>Connection</a><h1>Pause the connection?</h1></div>
</div>
{{>PARTS_CONNECTION}}
<form class="card" method="post" action="/connection/pause" aria-label="Pause"><input type="hidden" name="csrf" value="{{CSRF}}">
  <div class="body stack">
    <p>No call is made as {{SECRET_OF}} until somebody resumes it:</p>
    <ul class="rights" role="list"><li class="is-unknown"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#pause"/></svg><span>No busy time is read. What was read stays, and grows old.</span></li><li class="is-unknown"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#pause"/></svg><span>No booking is made, changed or cancelled. Those that are asked for wait.</span></li><li class="is-unknown"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#pause"/></svg><span>The connection is not checked, and cannot be tested.</span></li><li class="is-ok"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#ok"/></svg><span>Settings and secrets stay as they are. Calls that are running end as usual.</span></li></ul>
    <div class="field">
      <label class="label" for="why">Reason</label>
      <input class="input" id="why" name="why" maxlength="100" autocomplete="off" value="{{V_WHY}}" aria-describedby="why-hint{{#E_WHY}} why-err{{/E_WHY}}"{{#E_WHY}} aria-invalid="true"{{/E_WHY}}>
      <p class="hint" id="why-hint">May be left empty. Other admins see it.</p>
      {{#E_WHY}}<p class="error" id="why-err"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#stop"/></svg>{{E_WHY}}</p>{{/E_WHY}}
    </div>
  </div>
  <footer><a class="btn push" href="/connection/test">Keep it running</a><button class="btn danger">Pause it</button></footer>
</form>
