{{%AUTOESCAPE context="HTML"}}
<a class="btn quiet" href="/connection/credentials">Credentials</a><form class="push" method="post" action="/connection/microsoft"><input type="hidden" name="csrf" value="{{CSRF}}"><button class="btn primary"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#refresh"/></svg>Begin again</button></form>
