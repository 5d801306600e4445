{{%AUTOESCAPE context="HTML"}}
<div class="head">
  <div><h1>Connection</h1><p>How Latchkey gets into calendars: which server, and by which method. You can change both later.</p></div>
</div>
{{>PARTS_CONNECTION}}
<form class="stack lg ways" method="post" action="/connection/method"><input type="hidden" name="csrf" value="{{CSRF}}">{{#BASE}}<input type="hidden" name="from" value="{{BASE_FROM}}"><input type="hidden" name="rev" value="{{BASE_REV}}">{{/BASE}}
  <fieldset class="stack"{{#E_KIND}} aria-describedby="kind-err"{{/E_KIND}}>
    <legend>Where the mailboxes are</legend>
    {{#E_KIND}}<p class="error" id="kind-err"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#stop"/></svg>{{E_KIND}}</p>{{/E_KIND}}
    <div class="grid l">
    <div class="choice">
      <input type="radio" name="kind" id="k-exchange" value="exchange" required aria-describedby="k-exchange-d"{{#KIND_EXCHANGE}} checked{{/KIND_EXCHANGE}}>
      <label class="title" for="k-exchange">Exchange server{{#NOW_EXCHANGE}} <span class="tag">In use</span>{{/NOW_EXCHANGE}}</label>
      <p class="muted" id="k-exchange-d">Your own servers, Exchange 2007 SP1 to Exchange SE.</p>
      <dl class="kv"><dt>Signs in by</dt><dd>Password: Basic or NTLM</dd><dt>Supported</dt><dd>As long as Microsoft supports the server. Nothing ends here</dd></dl>
    </div>
    <div class="choice">
      <input type="radio" name="kind" id="k-office" value="office365" required aria-describedby="k-office-d"{{#KIND_OFFICE}} checked{{/KIND_OFFICE}}>
      <label class="title" for="k-office">Office 365 through EWS{{#NOW_OFFICE}} <span class="tag">In use</span>{{/NOW_OFFICE}} {{#EWS_LEFT}}<span class="pill is-action"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#clock"/></svg>{{EWS_LEFT}}</span>{{/EWS_LEFT}}{{#EWS_OVER}}<span class="pill is-blocked"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#blocked"/></svg>Over</span>{{/EWS_OVER}}</label>
      <p class="muted" id="k-office-d">{{#EWS_LEFT}}Microsoft removes EWS from Office 365 on 1 April 2027.{{/EWS_LEFT}}{{#EWS_OVER}}Microsoft removed EWS from Office 365 on 1 April 2027.{{/EWS_OVER}}</p>
      <dl class="kv"><dt>Signs in by</dt><dd>OAuth, with an application that you register</dd><dt>Supported</dt><dd>{{#EWS_OFF_SOON}}Off by default from 1 October 2026: your Exchange admin may have to allow it then (allow-list){{/EWS_OFF_SOON}}{{#EWS_OFF}}Off by default since 1 October 2026: your Exchange admin may have to allow it (allow-list){{/EWS_OFF}}</dd></dl>
    </div>
    <div class="choice">
      <input type="radio" name="kind" id="k-graph" value="graph" disabled aria-describedby="k-graph-d">
      <label class="title" for="k-graph">Office 365 through Microsoft Graph <span class="tag">Coming</span></label>
      <p class="muted" id="k-graph-d">What follows EWS in Office 365. This version does not speak it yet, so it cannot be chosen.</p>
    </div>
    </div>
  </fieldset>
  <fieldset class="stack"{{#E_METHOD}} aria-describedby="method-err"{{/E_METHOD}}>
    <legend>Method</legend>
    {{#E_METHOD}}<p class="error" id="method-err"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#stop"/></svg>{{E_METHOD}}</p>{{/E_METHOD}}
    <div class="grid l">
    {{#METHOD}}<div class="choice">
        <input type="radio" name="method" id="m-{{METHOD_CODE}}" value="{{METHOD_CODE}}" required aria-describedby="m-{{METHOD_CODE}}-d"{{#METHOD_CHECKED}} checked{{/METHOD_CHECKED}}>
        <label class="title" for="m-{{METHOD_CODE}}">{{METHOD_NAME}}{{#METHOD_NOW}} <span class="tag">In use</span>{{/METHOD_NOW}}</label>
        {{#SKETCH_PERSONAL}}<svg class="sketch" fill="none" stroke-width="1.5" stroke-linecap="round" stroke-linejoin="round" viewBox="-1 -4 144 62" preserveAspectRatio="xMinYMid" aria-hidden="true"><g transform="translate(4 3)" class="k"><rect width="9" height="11" rx="2.6"/><path d="M0 4h9M9 7.5h9M14 7.5v3M18 7.5v2.5"/></g><path d="M28 9h34"/><g class="on"><rect x="68" y="2" width="14" height="13" rx="3"/><path d="M68 6.5h14"/></g><g transform="translate(4 21)" class="k"><rect width="9" height="11" rx="2.6"/><path d="M0 4h9M9 7.5h9M14 7.5v3M18 7.5v2.5"/></g><path d="M28 27h34"/><g class="on"><rect x="68" y="20" width="14" height="13" rx="3"/><path d="M68 24.5h14"/></g><g transform="translate(4 39)" class="k"><rect width="9" height="11" rx="2.6"/><path d="M0 4h9M9 7.5h9M14 7.5v3M18 7.5v2.5"/></g><path d="M28 45h34"/><g class="on"><rect x="68" y="38" width="14" height="13" rx="3"/><path d="M68 42.5h14"/></g></svg>{{/SKETCH_PERSONAL}}
        {{#SKETCH_DEDICATED}}<svg class="sketch" fill="none" stroke-width="1.5" stroke-linecap="round" stroke-linejoin="round" viewBox="-1 -4 144 62" preserveAspectRatio="xMinYMid" aria-hidden="true"><g transform="translate(4 21)" class="k"><rect width="9" height="11" rx="2.6"/><path d="M0 4h9M9 7.5h9M14 7.5v3M18 7.5v2.5"/></g><path d="M28 27h34"/><g class="on"><rect x="68" y="20" width="14" height="13" rx="3"/><path d="M68 24.5h14"/></g><path stroke-dasharray="3 3.5" d="M86 27h14l14 -18"/><circle cx="122" cy="9" r="4.5"/><path stroke-dasharray="3 3.5" d="M86 27h14l14 0"/><circle cx="122" cy="27" r="4.5"/><path stroke-dasharray="3 3.5" d="M86 27h14l14 18"/><circle cx="122" cy="45" r="4.5"/></svg>{{/SKETCH_DEDICATED}}
        {{#SKETCH_DELEGATE}}<svg class="sketch" fill="none" stroke-width="1.5" stroke-linecap="round" stroke-linejoin="round" viewBox="-1 -4 144 62" preserveAspectRatio="xMinYMid" aria-hidden="true"><g transform="translate(4 21)" class="k"><rect width="9" height="11" rx="2.6"/><path d="M0 4h9M9 7.5h9M14 7.5v3M18 7.5v2.5"/></g><path d="M62 9h-7L46 27M62 45h-7L46 27M62 27H31M37 21.5 31 27l6 5.5"/><g class="on"><rect x="68" y="2" width="14" height="13" rx="3"/><path d="M68 6.5h14"/></g><g class="on"><rect x="68" y="20" width="14" height="13" rx="3"/><path d="M68 24.5h14"/></g><g class="on"><rect x="68" y="38" width="14" height="13" rx="3"/><path d="M68 42.5h14"/></g></svg>{{/SKETCH_DELEGATE}}
        {{#SKETCH_IMPERSONATION}}<svg class="sketch" fill="none" stroke-width="1.5" stroke-linecap="round" stroke-linejoin="round" viewBox="-1 -4 144 62" preserveAspectRatio="xMinYMid" aria-hidden="true"><g transform="translate(4 21)" class="k"><rect width="9" height="11" rx="2.6"/><path d="M0 4h9M9 7.5h9M14 7.5v3M18 7.5v2.5"/></g><path d="M28 27h27M49.5 21.5 55 27l-5.5 5.5"/><g class="on"><rect x="68" y="2" width="14" height="13" rx="3"/><path d="M68 6.5h14"/></g><g class="on"><rect x="68" y="20" width="14" height="13" rx="3"/><path d="M68 24.5h14"/></g><g class="on"><rect x="68" y="38" width="14" height="13" rx="3"/><path d="M68 42.5h14"/></g><rect stroke-dasharray="3 3.5" x="61" y="-3" width="28" height="59" rx="6"/></svg>{{/SKETCH_IMPERSONATION}}
        <p class="muted" id="m-{{METHOD_CODE}}-d">{{METHOD_SAY}}</p>
        <dl class="kv"><dt>Booked in</dt><dd>{{METHOD_BOOKED}}</dd><dt>Invites from</dt><dd>{{METHOD_INVITES}}</dd><dt>Reads</dt><dd>{{METHOD_READS}}</dd><dt>Writes</dt><dd>{{METHOD_WRITES}}</dd><dt class="if-exchange">Exchange server</dt><dd class="if-exchange">{{METHOD_TODAY}}</dd><dt class="if-exchange">Member does</dt><dd class="if-exchange">{{METHOD_MEMBER}}</dd><dt class="if-exchange">Exchange admin</dt><dd class="if-exchange">{{METHOD_ADMIN}}</dd><dt class="if-office">Office 365</dt><dd class="if-office">{{METHOD_TODAY_365}}</dd><dt class="if-office">Member does</dt><dd class="if-office">{{METHOD_MEMBER_365}}</dd><dt class="if-office">Exchange admin</dt><dd class="if-office">{{METHOD_ADMIN_365}}</dd></dl>
    </div>
    {{/METHOD}}
    </div>
  </fieldset>
  <section class="card" aria-labelledby="who">
    <header><h2 id="who">Who does what</h2></header>
    <div class="flush scroll" tabindex="0" role="region" aria-label="Table of tasks">
      <table class="table top least"><thead><tr><th scope="col">Method</th><th scope="col">Account admin</th><th scope="col">Member</th><th scope="col">Exchange admin</th><th scope="col">Connected means, measured</th></tr></thead>
      <tbody>
      {{#METHOD}}<tr{{#METHOD_NOW}} class="now"{{/METHOD_NOW}}><th scope="row">{{METHOD_NAME}}{{#METHOD_NOW}} <span class="tag">In use</span>{{/METHOD_NOW}}</th><td><div class="if-exchange">{{METHOD_OURS}}</div><div class="if-office">{{METHOD_OURS_365}}</div></td><td><div class="if-exchange">{{METHOD_MEMBER}}</div><div class="if-office">{{METHOD_MEMBER_365}}</div></td><td><div class="if-exchange">{{METHOD_ADMIN}}</div><div class="if-office">{{METHOD_ADMIN_365}}</div></td><td>{{METHOD_MEASURED}}</td></tr>
      {{/METHOD}}
      </tbody></table>
    </div>
  </section>
  <div class="row"><button class="btn primary" type="submit">Save and continue</button><span class="muted small">{{#LIVE}}What is in use goes on as it is. Another method is set up beside it, and proved with the stored secret where that fits; you switch when you are ready.{{/LIVE}}</span></div>
</form>
