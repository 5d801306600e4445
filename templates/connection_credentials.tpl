{{%AUTOESCAPE context="HTML"}}
<div class="head">
  <div><h1>Connection</h1><p>{{#OURS}}The dedicated mailbox’s sign-in.{{/OURS}}{{#PERSONAL}}The server, and a sign-in to prove it with.{{/PERSONAL}} It goes in and never comes out: this site can replace it but cannot read it.</p></div>
</div>
{{>PARTS_CONNECTION}}
{{#DRAFT}}<div class="callout notice is-info"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#info"/></svg><b>These settings are not in use yet</b><span>The live connection goes on as it is, until the new settings are proved.</span><span class="row"><a class="btn sm" href="/connection/discard" data-dialog="dlg-discard">Throw away…</a></span></div>{{/DRAFT}}
{{#FOREIGN}}<div class="callout notice is-action"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#action"/></svg><b>{{FOREIGN_HOST}} is outside {{FOREIGN_DOMAIN}}</b><span>Check with your Exchange admin that it is yours. Enter the password again to use it: it goes to this server only.</span></div>{{/FOREIGN}}
<div class="split">
  <section class="card" aria-label="Credentials"><div class="body">
    {{#EXCHANGE}}{{>PARTS_EXCHANGE}}{{/EXCHANGE}}
    {{#OFFICE}}{{>PARTS_OFFICE}}{{/OFFICE}}
  </div></section>
  <aside class="stack" aria-label="About these credentials">{{>PARTS_STORED}}</aside>
</div>
{{#DRAFT}}<dialog id="dlg-discard" aria-labelledby="dlg-discard-t">
  <div class="stack xs"><h2 id="dlg-discard-t">Throw away what was entered?</h2><p>The settings and the secret that wait to be proved are removed. The connection in use stays as it is.</p></div>
  <footer><form method="dialog"><button class="btn" autofocus>Keep them</button></form><form method="post" action="/connection/discard"><input type="hidden" name="csrf" value="{{CSRF}}"><input type="hidden" name="from" value="{{BASE_FROM}}"><input type="hidden" name="rev" value="{{BASE_REV}}"><input type="hidden" name="over" value="{{OVER}}"><button class="btn danger">Throw away</button></form></footer>
</dialog>{{/DRAFT}}
