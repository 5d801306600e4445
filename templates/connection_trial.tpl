{{%AUTOESCAPE context="HTML"}}
<div class="head">
  <div><h1>Connection</h1><p>{{#IS_NEW}}Who would gain and who would lose by the connection that waits beside the one in use.{{/IS_NEW}}{{#IS_BACK}}What going back to the connection before would bring.{{/IS_BACK}}</p></div>
</div>
{{>PARTS_CONNECTION}}
<div class="{{#TRY}}split{{/TRY}}{{#NO_TRY}}stack{{/NO_TRY}}">
  <div class="stack" id="trial" data-say="{{TRIAL_SAY}}"{{#LIVE}} data-poll="{{LIVE_URL}}" data-every="3"{{/LIVE}}>
    {{>PARTS_WORKS}}
    <section class="card" aria-labelledby="sum"><header><h2 id="sum">{{TRIAL_SAY}}</h2><p>Tried: {{TRIED_SAY}}{{#TRIED_AT}}, <time datetime="{{TRIED_AT_ISO}}" data-rel>{{TRIED_AT}}</time>{{/TRIED_AT}}</p></header>
      {{#STALE}}<div class="body"><div class="callout is-limited"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#limited"/></svg><b>It was changed since it was tried</b><span>What was seen before says nothing about it any more.{{#IS_NEW}} Try it again.{{/IS_NEW}}</span></div></div>{{/STALE}}
      {{#TRIED_NONE}}<div class="body"><div class="callout is-limited"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#limited"/></svg><b>Nobody was tried yet</b><span>Try everybody before you switch. Nothing changes for members by it: no status, no mail, no booking.</span></div></div>{{/TRIED_NONE}}
      {{#TRIED_SOME}}<div class="body"><div class="callout is-limited"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#limited"/></svg><b>{{UNTRIED}} not tried</b><span>What would become of them is not known.</span></div></div>{{/TRIED_SOME}}
      {{#BACK_NONE}}<div class="body"><div class="callout is-info"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#info"/></svg><b>Nothing is compared yet</b><span>What was known by the former connection is taken over within seconds of a switch.</span></div></div>{{/BACK_NONE}}
      <div class="flush scroll" tabindex="0" role="region" aria-label="Both connections"><table class="table"><thead><tr><th scope="col">Connection</th><th scope="col">Now</th><th scope="col">Then</th></tr></thead><tbody>
        {{#SIDE_LINE}}<tr><th scope="row">{{LINE_NAME}}</th><td>{{LINE_FROM}}</td><td>{{#LINE_OTHER}}<b>{{/LINE_OTHER}}{{LINE_TO}}{{#LINE_OTHER}}</b>{{/LINE_OTHER}}</td></tr>
        {{/SIDE_LINE}}
      </tbody></table></div>
      <footer>{{#IS_NEW}}<span class="muted">Members, bookings and history stay. For 7 days one click leads back.</span>{{/IS_NEW}}{{#IS_BACK}}<span class="muted">Possible until <time datetime="{{UNTIL_ISO}}">{{UNTIL}}</time>. Members, bookings and history stay.</span>{{/IS_BACK}}<form class="push" method="post" action="{{DO_URL}}"><input type="hidden" name="csrf" value="{{CSRF}}"><input type="hidden" name="from" value="{{DO_FROM}}"><input type="hidden" name="rev" value="{{DO_REV}}"><input type="hidden" name="live" value="{{DO_LIVE}}"><input type="hidden" name="live_rev" value="{{DO_LIVE_REV}}">{{#DO_VERSION}}<input type="hidden" name="version" value="{{DO_VERSION}}">{{/DO_VERSION}}<button class="btn wrap {{DO_CLASS}}">{{DO_SAY}}</button></form></footer>
    </section>
    {{#CHANGES}}<nav class="stack xs" aria-label="Changes"><ul class="chips" role="list">{{#CHIP}}<li><a class="chip {{CHIP_CLASS}}" href="{{CHIP_URL}}"{{#CHIP_HERE}} aria-current="true"{{/CHIP_HERE}}><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#{{CHIP_ICON:u}}"/></svg>{{CHIP_NAME}} <b>{{CHIP_N}}</b></a></li>{{/CHIP}}</ul></nav>
    <section class="card" aria-label="Members who were tried">
      {{#ROWS}}<div class="flush scroll" tabindex="0" role="region" aria-label="Member table"><table class="table"><thead><tr><th scope="col">Member</th><th scope="col">Now</th><th scope="col">Then</th><th scope="col" class="col-m">Tried</th></tr></thead><tbody>
        {{#ROW}}<tr><th scope="row"><a href="/members/{{ROW_ID}}">{{ROW_NAME}}</a><span class="sub">{{ROW_LOCAL}}<wbr>{{ROW_DOMAIN}}</span></th><td>{{#ROW_NOW}}{{>PARTS_STATUS}}{{#ROW_WHY}}<span class="sub">{{ROW_WHY}}</span>{{/ROW_WHY}}{{/ROW_NOW}}</td><td>{{#ROW_THEN}}{{>PARTS_STATUS}}{{#ROW_WHY}}<span class="sub">{{ROW_WHY}}</span>{{/ROW_WHY}}{{/ROW_THEN}}</td><td class="col-m">{{#ROW_AT}}<time datetime="{{ROW_AT_ISO}}" data-rel>{{ROW_AT}}</time>{{/ROW_AT}}</td></tr>
        {{/ROW}}
      </tbody></table></div>{{/ROWS}}
      {{#NO_MATCH}}<div class="empty"><span class="badge"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#search"/></svg></span><h2>Nobody</h2><p>Of those who were tried nobody is so now.</p></div>{{/NO_MATCH}}
      <footer class="pager"><span class="muted num">{{SAY}}</span><span class="row tight"><a class="btn sm" href="{{EXPORT_URL}}"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#download"/></svg>Export</a>{{#FIRST}}<a class="btn sm" href="{{FIRST_URL}}">First page</a>{{/FIRST}}{{#NEXT}}<a class="btn sm" href="{{NEXT_URL}}">Next page<svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#chevron"/></svg></a>{{/NEXT}}</span></footer>
    </section>{{/CHANGES}}
  </div>
  {{#TRY}}<aside class="stack" id="try" aria-label="Try it on members">
    <form class="card" method="post" action="/connection/trial" aria-labelledby="try-h"><input type="hidden" name="csrf" value="{{CSRF}}"><header><h2 id="try-h">Try it on members</h2><p>Their calendars are looked at with it, and nothing is changed.</p></header>
    <div class="body stack"><fieldset class="stack"><legend class="label">Who</legend>
      <label class="opt"><input type="radio" name="who" value="all" required{{#WHO_ALL}} checked{{/WHO_ALL}}><span>Everybody<br><span class="hint">People and rooms</span></span></label>
      <div class="field"><label class="opt"><input type="radio" name="who" value="status"{{#WHO_STATUS}} checked{{/WHO_STATUS}}><span>All people who are now</span></label>
        <select class="select" name="status" aria-label="Status"{{#E_STATUS}} aria-describedby="status-err" aria-invalid="true"{{/E_STATUS}}><option value="">Choose</option>{{#STATUS}}<option value="{{OPTION_VALUE}}"{{#OPTION_CHOSEN}} selected{{/OPTION_CHOSEN}}>{{OPTION_NAME}}</option>{{/STATUS}}</select>{{#E_STATUS}}<p class="error" id="status-err"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#stop"/></svg>{{E_STATUS}}</p>{{/E_STATUS}}</div>
      <div class="field"><label class="opt"><input type="radio" name="who" value="sample"{{#WHO_SAMPLE}} checked{{/WHO_SAMPLE}}><span>A few by chance</span></label>
        <input class="input" type="number" name="sample" min="1" max="500" inputmode="numeric" aria-label="How many" value="{{V_SAMPLE}}"{{#E_SAMPLE}} aria-describedby="sample-err" aria-invalid="true"{{/E_SAMPLE}}>{{#E_SAMPLE}}<p class="error" id="sample-err"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#stop"/></svg>{{E_SAMPLE}}</p>{{/E_SAMPLE}}</div>
      <div class="field"><label class="opt"><input type="radio" name="who" value="typed"{{#WHO_TYPED}} checked{{/WHO_TYPED}}><span>These members</span></label>
        <textarea class="input" name="addresses" rows="3" maxlength="20000" aria-label="Addresses" placeholder="One address a line"{{#E_ADDRESSES}} aria-describedby="addresses-err" aria-invalid="true"{{/E_ADDRESSES}}>{{V_ADDRESSES:p}}</textarea>{{#E_ADDRESSES}}<p class="error" id="addresses-err"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#stop"/></svg>{{E_ADDRESSES}}</p>{{/E_ADDRESSES}}</div>
    </fieldset>{{#E_WHO}}<p class="error" id="who-err"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#stop"/></svg>{{E_WHO}}</p>{{/E_WHO}}</div>
    <footer><button class="btn primary push"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#search"/></svg>Try it</button></footer></form>
  </aside>{{/TRY}}
</div>
