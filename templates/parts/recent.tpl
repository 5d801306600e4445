{{%AUTOESCAPE context="HTML"}}
<section class="card" aria-labelledby="recent">
  <header><h2 id="recent">Recent events</h2><a class="small" href="/audit">Audit log</a></header>
  <div class="body"><ol class="timeline" role="list">
    {{#EVENT}}<li class="{{EVENT_CLASS}}"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#{{EVENT_ICON:u}}"/></svg><p>{{EVENT_SAY}}</p><time datetime="{{EVENT_AT_ISO}}" data-rel>{{EVENT_AT}}</time><small>{{EVENT_WHO}}{{#EVENT_DETAIL}}: {{EVENT_DETAIL}}{{/EVENT_DETAIL}}</small></li>
    {{/EVENT}}
  </ol></div>
</section>
