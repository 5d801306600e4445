{{%AUTOESCAPE context="HTML"}}
<div class="head">
  <div><a class="crumb" href="/me/signin"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#chevron"/></svg>My sign-in</a><h1>Sign in with Microsoft</h1><p>Once, as yourself. Your password goes to Microsoft only; what Latchkey gets instead is sealed at once.</p></div>
</div>
{{>PARTS_MICROSOFT}}
