{{%AUTOESCAPE context="HTML"}}
<div class="head">
  <div><a class="crumb" href="/members"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#chevron"/></svg>Members</a><h1>Import members</h1><p>Give a list. You see what each line would do before anything changes.</p></div>
  <div class="row"><a class="btn" href="/members/add"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#plus"/></svg>Add one</a></div>
</div>
<div class="split">
  <div class="stack">
  <section class="card" aria-label="List"><div class="body">
    <form class="stack lg" method="post" action="/members/import" enctype="multipart/form-data"><input type="hidden" name="csrf" value="{{CSRF}}">
      <div class="field">
        <label class="label" for="file">A file</label>
        <input class="input" id="file" name="file" type="file" accept=".csv,.txt,.tsv,text/csv,text/plain" aria-describedby="file-hint{{#E_FILE}} file-err{{/E_FILE}}"{{#E_FILE}} aria-invalid="true"{{/E_FILE}}>
        <p class="hint" id="file-hint">CSV, as Excel, LibreOffice or Google Sheets save it. At most 32 MiB.</p>
        {{#E_FILE}}<p class="error" id="file-err"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#stop"/></svg>{{E_FILE}}</p>{{/E_FILE}}
      </div>
      <div class="field">
        <label class="label" for="list">Or paste a list</label>
        <textarea class="input" id="list" name="list" rows="8" spellcheck="false" autocomplete="off" placeholder="email,name" aria-describedby="list-hint{{#E_LIST}} list-err{{/E_LIST}}"{{#E_LIST}} aria-invalid="true"{{/E_LIST}}>{{V_LIST:p}}</textarea>
        <p class="hint" id="list-hint">A line for each member; cells of a spreadsheet can be pasted as they are.</p>
        {{#E_LIST}}<p class="error" id="list-err"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#stop"/></svg>{{E_LIST}}</p>{{/E_LIST}}
      </div>
      <div class="field">
        <label class="label" for="columns">What the columns are, if their names do not say it</label>
        <input class="input" id="columns" name="columns" autocomplete="off" maxlength="300" placeholder="name, -, email" value="{{V_COLUMNS}}" aria-describedby="columns-hint{{#E_COLUMNS}} columns-err{{/E_COLUMNS}}"{{#E_COLUMNS}} aria-invalid="true"{{/E_COLUMNS}}>
        <p class="hint" id="columns-hint">In order, with commas: email, name, first name, last name, role, calendar, kind; - leaves one out.</p>
        {{#E_COLUMNS}}<p class="error" id="columns-err"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#stop"/></svg>{{E_COLUMNS}}</p>{{/E_COLUMNS}}
      </div>
      <div class="row"><button class="btn primary" type="submit"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#search"/></svg>Look at the list</button><a class="btn quiet" href="/members">Cancel</a></div>
    </form>
  </div></section>
  {{#IMPORTS}}<section class="card" aria-labelledby="earlier"><header><h2 id="earlier">Earlier lists</h2><p>Kept for a week.</p></header><div class="body"><ol class="timeline" role="list">
    {{#IMPORT}}<li class="{{IMPORT_CLASS}}"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#{{IMPORT_ICON:u}}"/></svg><p><a href="{{IMPORT_URL}}">{{IMPORT_NAME}}</a></p><time datetime="{{IMPORT_AT_ISO}}" data-rel>{{IMPORT_AT}}</time><small>{{IMPORT_SAY}} By {{IMPORT_BY}}.</small></li>
    {{/IMPORT}}
  </ol></div></section>{{/IMPORTS}}
  </div>
  <aside class="stack" aria-label="About lists">
    <section class="card"><header><h2>What is read</h2></header><div class="body stack"><dl class="kv"><dt>email</dt><dd>Needed. Who it is.</dd><dt>name</dt><dd>What to call them.</dd><dt>role</dt><dd>member or admin.</dd><dt>calendar</dt><dd>The mailbox, if it is another one.</dd><dt>kind</dt><dd>person or room.</dd></dl><p class="hint">The first line may have these names, also in other spellings. Other columns are left out.</p></div></section>
    <section class="card"><header><h2>What an import never does</h2></header><div class="body"><ul class="rights" role="list"><li class="is-unknown"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#blocked"/></svg>Remove anybody</li><li class="is-unknown"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#blocked"/></svg>Write to anybody</li><li class="is-unknown"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#blocked"/></svg>Empty a name or a role that is there</li></ul></div></section>
  </aside>
</div>
