{{%AUTOESCAPE context="HTML"}}
<div class="head">
  <div><a class="crumb" href="/connection/test"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#chevron"/></svg>Connection</a><h1>{{TITLE}}</h1></div>
</div>
{{>PARTS_CONNECTION}}
<form class="card" method="post" action="/connection/disconnect" aria-label="Disconnect"><input type="hidden" name="csrf" value="{{CSRF}}"><input type="hidden" name="from" value="{{BASE_FROM}}"><input type="hidden" name="rev" value="{{BASE_REV}}"><input type="hidden" name="shown" value="{{SHOWN}}">
  <div class="body stack">
    {{>PARTS_IMPACT}}
    <div class="field">
      <label class="label" for="why">Reason</label>
      <input class="input" id="why" name="why" maxlength="100" autocomplete="off" value="{{V_WHY}}" aria-describedby="why-hint{{#E_WHY}} why-err{{/E_WHY}}"{{#E_WHY}} aria-invalid="true"{{/E_WHY}}>
      <p class="hint" id="why-hint">May be left empty. It goes to the audit log, where other admins see it.</p>
      {{#E_WHY}}<p class="error" id="why-err"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#stop"/></svg>{{E_WHY}}</p>{{/E_WHY}}
    </div>
  </div>
  <footer><a class="btn push" href="/connection/test">Keep it connected</a><button class="btn danger">{{DISCONNECT_DO}}</button></footer>
</form>
