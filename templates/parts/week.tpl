{{%AUTOESCAPE context="HTML"}}
{{#WEEK_NONE}}<p class="muted">Not read in the last 24 hours. Busy time is read when somebody asks for it, and kept for a day.</p>{{/WEEK_NONE}}
{{#WEEK_CLOSED}}<p class="muted">It was read in the last 24 hours, and is shown to who asked for it. Read it to see it.</p>{{/WEEK_CLOSED}}
{{#WEEK_FAILED}}<div class="callout is-limited"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#limited"/></svg><b>{{WEEK_WHAT}}</b><span>{{WEEK_WHY}}</span></div>{{/WEEK_FAILED}}
{{#WEEK}}{{#WEEK_VIEW}}<h3>{{WEEK_DATES}}</h3>
<div class="week">
  <span></span><ol role="list">{{#WEEK_DAY}}<li>{{WEEK_DAY}}</li>{{/WEEK_DAY}}</ol>
  <span class="hours" aria-hidden="true">{{#WEEK_HOUR}}<span>{{WEEK_HOUR}}</span>{{/WEEK_HOUR}}</span><svg viewBox="0 0 {{WEEK_DAYS}} {{WEEK_HOURS}}" preserveAspectRatio="none" role="img" aria-label="{{WEEK_WORDS}}">{{#WEEK_LINE}}<line vector-effect="non-scaling-stroke" x1="0" x2="{{WEEK_DAYS}}" y1="{{WEEK_LINE}}" y2="{{WEEK_LINE}}"/>{{/WEEK_LINE}}{{#WEEK_COLUMN}}<line vector-effect="non-scaling-stroke" x1="{{WEEK_COLUMN}}" x2="{{WEEK_COLUMN}}" y1="0" y2="{{WEEK_HOURS}}"/>{{/WEEK_COLUMN}}{{#BLOCK}}<rect class="{{BLOCK_CLASS}}"{{#BLOCK_DASHED}} stroke-dasharray="4 3"{{/BLOCK_DASHED}} vector-effect="non-scaling-stroke" x="{{BLOCK_X}}" y="{{BLOCK_Y}}" width="{{BLOCK_WIDE}}" height="{{BLOCK_TALL}}"/>{{/BLOCK}}</svg>
</div>
{{/WEEK_VIEW}}<div class="keyline"><span><svg viewBox="0 0 10 10" aria-hidden="true"><rect width="10" height="10" rx="2" class="busy"/></svg>Busy</span><span><svg viewBox="0 0 10 10" aria-hidden="true"><rect x=".5" y=".5" width="9" height="9" rx="2" class="tent" stroke-dasharray="2 1.5"/></svg>Tentative</span><span><svg viewBox="0 0 10 10" aria-hidden="true"><rect x=".5" y=".5" width="9" height="9" rx="2" class="tent"/></svg>Working elsewhere</span><span><svg viewBox="0 0 10 10" aria-hidden="true"><rect width="10" height="10" rx="2" class="away"/></svg>Away</span></div>
<p class="small muted">{{WEEK_ZONE}}</p>
<p class="small muted what"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#lock"/></svg><span>{{WEEK_KEPT}} kept, for a day: start, end and kind of each. Subjects, places and guests are never asked for.</span></p>{{/WEEK}}
