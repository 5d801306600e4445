{{%AUTOESCAPE context="HTML"}}
<div class="head">
  <div><h1>Audit log</h1><p>Every admin action, every sign-in and every use of a key. Rows can be added, never changed.</p></div>
  <div class="row"><a class="btn" id="export" href="{{EXPORT_URL}}"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#download"/></svg>Export</a></div>
</div>
<div class="stack">
  <div class="callout {{SEAL_CLASS}}"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#{{SEAL_ICON:u}}"/></svg><b>{{SEAL_TITLE}}</b><span>{{#SEAL}}Row {{SEAL_SEQ}} was sealed <time datetime="{{SEAL_AT_ISO}}" data-rel>{{SEAL_AT}}</time>{{SEAL_MORE}}. {{/SEAL}}{{SEAL_SAY}} Check the whole log yourself: <code>latchkey audit verify</code></span></div>
  <section class="card" aria-label="Events">
    <form class="toolbar" role="search" method="get" action="/audit" data-swap="export log pages">
      <span class="with grow"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#search"/></svg><input class="input" type="search" name="q" maxlength="100" aria-label="Search the log" placeholder="Search by person, action or address" value="{{V_Q}}"{{#E_Q}} aria-describedby="q-err" aria-invalid="true"{{/E_Q}}></span>
      <label class="row tight"><span class="muted">Who</span> <select class="select" name="who">{{#WHO}}<option value="{{OPTION_VALUE}}"{{#OPTION_CHOSEN}} selected{{/OPTION_CHOSEN}}>{{OPTION_NAME}}</option>{{/WHO}}</select></label>
      <label class="row tight"><span class="muted">Until</span> <input class="input date" type="date" name="until" value="{{V_UNTIL}}"{{#E_UNTIL}} aria-describedby="until-err" aria-invalid="true"{{/E_UNTIL}}></label>
      <button class="btn" type="submit">Search</button>
      {{#E_Q}}<p class="error" id="q-err"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#stop"/></svg>{{E_Q}}</p>{{/E_Q}}{{#E_UNTIL}}<p class="error" id="until-err"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#stop"/></svg>{{E_UNTIL}}</p>{{/E_UNTIL}}
    </form>
    <div class="flush scroll" id="log" tabindex="0" role="region" aria-label="Event table" data-say="{{SAY}}">
      {{#EVENTS}}<table class="table top"><caption class="cap">Times in UTC</caption><thead><tr><th scope="col">Time</th><th scope="col" class="col-s">Who</th><th scope="col">What</th><th scope="col" class="col-m">About</th><th scope="col" class="col-l">From</th><th scope="col" class="col-l">Fingerprint</th></tr></thead>
      {{#DAY}}<tbody><tr><th class="cap" scope="rowgroup" colspan="6">{{DAY_NAME}}</th></tr>
        {{#EVENT}}<tr><td class="num nowrap"><time datetime="{{EVENT_AT_ISO}}">{{EVENT_AT}}</time></td><th scope="row" class="col-s">{{EVENT_WHO}} <span class="tag">{{EVENT_KIND}}</span></th><td><span class="what"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#{{EVENT_ICON:u}}"/></svg><span>{{EVENT_SAY}}<span class="sub un-s">{{EVENT_WHO}} · {{EVENT_KIND}}</span>{{#EVENT_DETAIL}}<span class="sub">{{EVENT_DETAIL}}</span>{{/EVENT_DETAIL}}{{#EVENT_ABOUT}}<span class="sub un-m">{{EVENT_ABOUT}}</span>{{/EVENT_ABOUT}}<span class="sub un-l">{{EVENT_FROM}} <span class="mono">{{EVENT_HASH}}</span></span></span></span></td><td class="col-m muted">{{EVENT_ABOUT}}</td><td class="col-l num ip muted">{{EVENT_FROM}}</td><td class="col-l mono muted">{{EVENT_HASH}}</td></tr>
        {{/EVENT}}
      </tbody>{{/DAY}}</table>{{/EVENTS}}
      {{#NO_EVENTS}}<div class="empty"><span class="badge"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#search"/></svg></span><h2>No event matches</h2><p>Nothing in the log fits this search. Try fewer words, anyone, or a later day.</p><div class="row"><a class="btn" href="/audit">Clear search and filter</a></div></div>{{/NO_EVENTS}}
    </div>
    <footer class="pager" id="pages"><span class="muted">Newest first</span><span class="row tight">{{#NEWEST}}<a class="btn sm" href="{{NEWEST_URL}}">Newest</a>{{/NEWEST}}{{#OLDER}}<a class="btn sm" href="{{OLDER_URL}}">Older<svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#chevron"/></svg></a>{{/OLDER}}</span></footer>
  </section>
</div>
