{{%AUTOESCAPE context="HTML"}}
<div class="head">
  <div><h1>Connection</h1><p>From what is in use to what waits beside it, and back. Members, bookings and history stay.</p></div>
</div>
{{>PARTS_CONNECTION}}
<div class="stack lg">
{{#SIDE_READY}}<section class="card" aria-labelledby="ready"><header><h2 id="ready">{{#SIDE_IN_USE}}Switch to {{SIDE_NEW}}{{/SIDE_IN_USE}}{{#SIDE_NONE}}Use {{SIDE_NEW}}{{/SIDE_NONE}}</h2></header>
  <div class="flush scroll" tabindex="0" role="region" aria-label="Settings that are compared"><table class="table"><thead><tr><th scope="col">Setting</th><th scope="col">In use now</th><th scope="col">After the switch</th></tr></thead><tbody>
    {{#SIDE_LINE}}<tr><th scope="row">{{LINE_NAME}}</th><td>{{LINE_FROM}}</td><td>{{#LINE_OTHER}}<b>{{/LINE_OTHER}}{{LINE_TO}}{{#LINE_OTHER}}</b>{{/LINE_OTHER}}</td></tr>
    {{/SIDE_LINE}}
  </tbody></table></div>
  <div class="body"><ul class="rights" role="list"><li class="is-ok"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#ok"/></svg><span>It has proved itself: it signs in, and its mailbox opens.</span></li><li class="is-ok"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#ok"/></svg><span>Members, rooms, bookings and history stay. All work goes the new way from the same moment, and every calendar is looked at with it.</span></li>{{#SIDE_IN_USE}}<li class="is-ok"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#ok"/></svg><span>What is in use now is kept for 7 days, and so long going back is one click.</span></li>{{/SIDE_IN_USE}}<li class="is-info"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#info"/></svg><span>Who gains and who loses by it is seen by trying it on members first. That changes nothing for them.</span></li></ul></div>
  <footer><a class="btn" href="/connection/discard">Throw it away…</a><span class="row push">{{>PARTS_SWITCH}}<a class="btn primary" href="{{TRIAL_URL}}">Try it on members</a></span></footer>
</section>{{/SIDE_READY}}
{{#SIDE_UNPROVED}}<section class="card"><div class="empty"><span class="badge"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#plug"/></svg></span><h2>What was entered has not proved itself yet</h2><p>It can be switched to as soon as a test has shown that it works.</p><div class="row"><a class="btn primary" href="/connection">Go on with it</a></div></div></section>{{/SIDE_UNPROVED}}
{{#SIDE_BACK}}<section class="card" aria-labelledby="back"><header><h2 id="back">Go back to {{SIDE_OLD}}</h2></header><div class="body stack"><p>{{SIDE_BY}} switched from it <time datetime="{{SIDE_AT_ISO}}" data-rel>{{SIDE_AT}}</time>. It is kept as it was, with its secret, until <time datetime="{{SIDE_UNTIL_ISO}}">{{SIDE_UNTIL}}</time>. What is in use now is kept for 7 days then.</p></div><footer><a class="btn sm" href="/connection/erase/{{SIDE_FORMER:u}}">Erase it now…</a><span class="row push">{{>PARTS_BACK}}</span></footer></section>{{/SIDE_BACK}}
{{#SIDE_GONE}}{{>PARTS_GONE}}{{/SIDE_GONE}}
{{#SIDE_NOTHING}}<section class="card"><div class="empty"><span class="badge"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#plug"/></svg></span><h2>There is nothing to switch to</h2><p>Choose another method, or enter another server or mailbox: it is set up beside what is in use, and tried before anybody switches.</p><div class="row"><a class="btn primary" href="/connection/method">Choose another method</a><a class="btn" href="/connection/credentials">Enter another server</a></div></div></section>{{/SIDE_NOTHING}}
</div>
