{{%AUTOESCAPE context="HTML"}}
<div class="head">
  <div><a class="crumb" href="{{BACK_URL}}"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#chevron"/></svg>Members</a><h1>{{BULK_TITLE}}</h1></div>
</div>
<section class="card" aria-label="What happens">
  <div class="body stack">
    <p>{{ABOUT}}</p>
    {{>PARTS_IMPACT}}
    {{#FILE_FIRST}}<div class="callout is-info"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#download"/></svg><b>Keep a list of them first</b><span>The file has exactly those who are meant here, with names, calendar addresses and roles. The import takes it back.</span><span class="row"><a class="btn sm" href="{{FILE_URL}}">Save the list</a></span></div>{{/FILE_FIRST}}
    {{#FILE}}<p><a href="{{FILE_URL}}">Save a list of them</a></p>{{/FILE}}
  </div>
  <footer><a class="btn push" href="{{BACK_URL}}">Leave them as they are</a><form method="post" action="/members/bulk"><input type="hidden" name="csrf" value="{{CSRF}}"><input type="hidden" name="shown" value="{{SHOWN}}">{{#HIDDEN}}<input type="hidden" name="{{HIDDEN_NAME}}" value="{{HIDDEN_VALUE}}">{{/HIDDEN}}<button class="btn {{BULK_CLASS}}">{{BULK_DO}}</button></form></footer>
</section>
