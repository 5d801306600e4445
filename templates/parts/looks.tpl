{{%AUTOESCAPE context="HTML"}}
<ol class="timeline" role="list">
  {{#LOOK}}<li class="{{LOOK_CLASS}}"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#{{LOOK_ICON:u}}"/></svg><p><a href="{{LOOK_URL}}">{{LOOK_HOST}}</a></p><time datetime="{{LOOK_AT_ISO}}" data-rel>{{LOOK_AT}}</time><small>{{LOOK_SAY}}</small></li>
  {{/LOOK}}
</ol>
