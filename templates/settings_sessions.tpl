{{%AUTOESCAPE context="HTML"}}
<div class="head">
  <div><h1>Settings</h1><p>Everywhere somebody is signed in to {{ORG}} now.</p></div>
</div>
{{>PARTS_SETTINGS}}
<section class="card" aria-labelledby="sessions"><header><h2 id="sessions">Sessions</h2><span class="small muted">{{SESSIONS}}</span></header>
  {{>PARTS_SESSIONS}}
  {{#OTHERS}}<footer><span class="muted">Ends every session but yours. Everybody else has to sign in again.</span><form class="push" method="post" action="/settings/sessions/end"><input type="hidden" name="csrf" value="{{CSRF}}"><button class="btn sm danger">End all others</button></form></footer>{{/OTHERS}}
</section>
