{{%AUTOESCAPE context="HTML"}}
<div class="head">
  <div><a class="crumb" href="{{ROW_URL}}"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#chevron"/></svg>{{ROW_NAME}}</a><h1>Remove {{ROW_NAME}}?</h1></div>
</div>
<section class="card" aria-label="What happens">
  <div class="body stack">{{>PARTS_IMPACT}}</div>
  <footer><a class="btn push" href="{{ROW_URL}}">Keep it</a><form method="post" action="{{REMOVE_URL}}"><input type="hidden" name="csrf" value="{{CSRF}}"><button class="btn danger">Remove</button></form></footer>
</section>
