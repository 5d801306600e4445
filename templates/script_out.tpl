{{%AUTOESCAPE context="HTML"}}
{{#DEAD}}<div class="empty is-action"><span class="badge"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#clock"/></svg></span><h1>This link does not lead to a script any more</h1><p>It has ended, it was withdrawn, or it was not copied whole. Ask whoever sent it to you for a new one.</p></div>{{/DEAD}}
{{#OPEN}}<div class="head">
  <div><h1>{{SCRIPT_TITLE}}</h1><p>{{BY}} of {{ORG}} asks you to run this in Exchange. {{SCRIPT_SAY}}</p></div>
  {{#SCRIPT}}<div class="row"><button class="btn" type="button" data-print hidden><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#print"/></svg>Print</button><form method="post" action="{{RAN_URL}}"><input type="hidden" name="csrf" value="{{CSRF}}"><button class="btn primary"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#check"/></svg>It has run</button></form></div>{{/SCRIPT}}
</div>
<div class="stack">
  {{#MESSAGE}}<div class="callout is-info"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#mail"/></svg><b>{{BY}} writes</b><span>{{MESSAGE}}</span></div>{{/MESSAGE}}
  {{#SHARE_RAN}}<div class="callout is-ok"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#ok"/></svg><b>It has run</b><span>Somebody said so <time datetime="{{SHARE_RAN_ISO}}" data-rel>{{SHARE_RAN}}</time>. The account admins see it. Run it again if you like: what is done is left alone.</span></div>{{/SHARE_RAN}}
  <p class="muted">{{#SCRIPT_N}}It is about {{SCRIPT_N}}. {{/SCRIPT_N}}It was made just now, of what Latchkey knows at this moment. The link works until <time datetime="{{SHARE_ENDS_ISO}}">{{SHARE_ENDS}}</time>.</p>
  {{#NOBODY}}<section class="card"><div class="empty is-ok"><span class="badge"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#ok"/></svg></span><h2>There is nothing left to do</h2><p>Nobody is known to lack what this script gives.</p></div></section>{{/NOBODY}}
  {{#CANNOT}}<div class="callout is-limited"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#limited"/></svg><b>The script cannot be made</b><span>{{CANNOT}}</span></div>{{/CANNOT}}
  {{#SCRIPT}}{{>PARTS_SCRIPT}}{{/SCRIPT}}
</div>{{/OPEN}}
