{{%AUTOESCAPE context="HTML"}}
<section class="card" aria-labelledby="changes">
  <header><h2 id="changes">What changed for members</h2></header>
  <div class="body"><ol class="timeline" role="list">
    {{#CHANGE}}<li class="{{STATUS_CLASS}}"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#{{STATUS_ICON:u}}"/></svg><p>{{CHANGE_SAY}}</p><time datetime="{{CHANGE_AT_ISO}}" data-rel>{{CHANGE_AT}}</time>{{#CHANGE_WHY}}<small>{{CHANGE_WHY}}</small>{{/CHANGE_WHY}}</li>
    {{/CHANGE}}
  </ol></div>
</section>
