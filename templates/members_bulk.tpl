{{%AUTOESCAPE context="HTML"}}
<div class="head">
  <div><a class="crumb" href="{{BACK_URL}}"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#chevron"/></svg>Members</a><h1>{{BULK_TITLE}}</h1></div>
</div>
<section class="card" aria-label="What happens">
  <div class="body stack">
    <p>{{BULK_SAY}}</p>
    <p>{{ABOUT}}</p>
    <ul>{{#WHO}}<li>{{WHO_NAME}} <span class="muted">{{WHO_EMAIL}}</span></li>{{/WHO}}{{#WHO_MORE}}<li class="muted">{{WHO_MORE}}</li>{{/WHO_MORE}}</ul>
    {{#BULK_KEPT}}<p class="muted">You, and the only admin who can sign in, stay as they are.</p>{{/BULK_KEPT}}
  </div>
  <footer><a class="btn push" href="{{BACK_URL}}">Leave them as they are</a><form method="post" action="/members/bulk"><input type="hidden" name="csrf" value="{{CSRF}}">{{#HIDDEN}}<input type="hidden" name="{{HIDDEN_NAME}}" value="{{HIDDEN_VALUE}}">{{/HIDDEN}}<button class="btn {{BULK_CLASS}}">{{BULK_DO}}</button></form></footer>
</section>
