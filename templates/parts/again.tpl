{{%AUTOESCAPE context="HTML"}}
<a class="btn quiet" href="{{CANCEL_URL}}">Back</a><form class="push" method="post" action="{{BEGIN_URL}}"><input type="hidden" name="csrf" value="{{CSRF}}"><button class="btn primary"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#refresh"/></svg>Begin again</button></form>
