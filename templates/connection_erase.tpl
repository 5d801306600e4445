{{%AUTOESCAPE context="HTML"}}
<div class="head">
  <div><a class="crumb" href="/connection/rotate"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#chevron"/></svg>Connection</a><h1>Erase the old one now?</h1></div>
</div>
{{>PARTS_CONNECTION}}
<section class="card" aria-label="What happens">
  <div class="body stack">{{#ERASE_SECRET}}<p>The former {{SECRET_NAME}} of {{SECRET_OF}} is destroyed. Nothing uses it any more; what is in use stays in use. If the new one turns out to be wrong, the old one must be entered again.</p>{{/ERASE_SECRET}}{{#ERASE_ALL}}<p>The settings and the {{SECRET_NAME}} of {{SECRET_OF}} are destroyed. Nothing uses them any more; the connection in use stays as it is. Its tests are not listed any more. The audit log stays.</p>{{/ERASE_ALL}}</div>
  <footer><a class="btn push" href="/connection/rotate">Keep it for now</a><form method="post" action="{{ERASE_URL}}"><input type="hidden" name="csrf" value="{{CSRF}}"><input type="hidden" name="over" value="{{OVER}}"><button class="btn danger">Erase it</button></form></footer>
</section>
