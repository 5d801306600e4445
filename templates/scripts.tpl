{{%AUTOESCAPE context="HTML"}}
<div class="head">
  <div><h1>Scripts for the Exchange admin</h1><p>Made with the names of {{ORG}}{{#METHOD}}, for the method “{{METHOD}}”{{/METHOD}}. Each comes with a part that shows whether it worked, and one that undoes it.</p></div>
</div>
{{>PARTS_CONNECTION}}
<div class="stack">
  {{#WHOM_CHOSEN}}<nav aria-label="Whom they are about"><ul class="chips" role="list"><li><a class="chip is-info" href="/scripts"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#cross"/></svg><span class="sr">Not only for: </span>{{SCRIPT_ABOUT}}</a></li></ul></nav>{{/WHOM_CHOSEN}}
  {{#OFFERS}}{{#OFFERS_NEXT}}<h2>For the connection that is being entered: {{OFFERS_METHOD}}</h2>{{/OFFERS_NEXT}}<ul class="grid l" role="list">
    {{#OFFER}}<li class="card"><header><h2><a href="{{OFFER_URL}}">{{OFFER_TITLE}}</a></h2>{{#OFFER_LACK}}<span class="pill is-action"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#action"/></svg>{{OFFER_LACK}}</span>{{/OFFER_LACK}}{{#OFFER_NONE}}<span class="pill is-ok"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#ok"/></svg>Nobody is known to lack it</span>{{/OFFER_NONE}}</header><div class="body"><p>{{OFFER_SAY}}</p></div></li>
    {{/OFFER}}
  </ul>{{/OFFERS}}
  {{#NO_OFFERS}}<section class="card"><div class="empty"><span class="badge"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#ok"/></svg></span><h2>Nothing for the Exchange admin to do</h2><p>With this method each member connects on their own.</p><div class="row"><a class="btn" href="/members">See the members</a></div></div></section>{{/NO_OFFERS}}
  {{#UNSET}}<section class="card"><div class="empty"><span class="badge"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#plug"/></svg></span><h2>No connection is in use</h2><p>What the Exchange admin has to do depends on the method. Choose it first.</p><div class="row"><a class="btn primary" href="/connection/method">Choose the method</a></div></div></section>{{/UNSET}}
  {{>PARTS_SHARES}}
</div>
