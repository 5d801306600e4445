{{%AUTOESCAPE context="HTML"}}
<section class="card" id="census" aria-labelledby="members-t"{{#CENSUS_POLL}} data-poll="/overview" data-every="5"{{/CENSUS_POLL}}>
  <header><h2 id="members-t">Members</h2><a class="small" href="/members">See all {{CENSUS_ALL}}</a></header>
  <div class="body stack lg">
    <div class="chart">
      <svg class="donut" viewBox="0 0 120 120" role="img" aria-label="{{RING_SHARE}} of the members are connected. The list beside it has every count."><g transform="rotate(-90 60 60)" fill="none" stroke-width="13">{{#RING}}<circle class="ring {{RING_CLASS}}" cx="60" cy="60" r="50" pathLength="100" stroke-dasharray="{{RING_LENGTH}} 100" stroke-dashoffset="{{RING_BEFORE}}"/>{{/RING}}</g><text x="60" y="64" text-anchor="middle" font-size="21">{{RING_SHARE}}</text><text class="sub" x="60" y="78" text-anchor="middle" font-size="9.5">connected</text></svg>
      <ul class="legend" role="list">
      {{#CENSUS_ROW}}<li class="{{STATUS_CLASS}}"><a href="{{CENSUS_URL}}"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#{{STATUS_ICON:u}}"/></svg><span>{{STATUS_WORD}}</span><b>{{CENSUS_N}}</b><span>{{CENSUS_SHARE}}</span></a></li>
      {{/CENSUS_ROW}}</ul>
    </div>
    {{#TREND}}<div><svg class="spark" viewBox="0 0 300 80" preserveAspectRatio="none" role="img" aria-label="{{TREND_SAY}}"><polygon class="area" points="{{TREND_AREA}}"/><polyline class="path" fill="none" stroke-width="1.75" stroke-linejoin="round" vector-effect="non-scaling-stroke" points="{{TREND_LINE}}"/></svg><div class="axis"><span>90 days ago</span>{{#SINCE_YESTERDAY}}<span>Connected since yesterday: {{SINCE_YESTERDAY}}</span>{{/SINCE_YESTERDAY}}<span>Today</span></div></div>{{/TREND}}
    {{#CENSUS_NEXT}}<div class="callout is-action"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#action"/></svg><b>{{CENSUS_NEXT}}</b><span>{{CENSUS_NEXT_SAY}}</span><span class="row"><a class="btn sm{{#CENSUS_FIRST}} primary{{/CENSUS_FIRST}}" href="{{CENSUS_NEXT_URL}}">Show them</a>{{#SCRIPT_NEXT}}<a class="btn sm" href="{{SCRIPT_URL}}">Get the script<span class="sr"> “{{SCRIPT_TITLE}}”, for {{SCRIPT_NEXT}}</span></a>{{/SCRIPT_NEXT}}</span></div>{{/CENSUS_NEXT}}
    {{#CENSUS_DONE}}<div class="callout is-ok"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#ok"/></svg><b>Every calendar works</b><span>Nothing to do. Each one is looked at again at least once a day, and you are told when one breaks.</span></div>{{/CENSUS_DONE}}
  </div>
</section>
