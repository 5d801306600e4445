{{%AUTOESCAPE context="HTML"}}
<form class="stack lg" method="post" action="/connection/credentials" enctype="multipart/form-data"><input type="hidden" name="csrf" value="{{CSRF}}">{{#BASE}}<input type="hidden" name="from" value="{{BASE_FROM}}"><input type="hidden" name="rev" value="{{BASE_REV}}">{{/BASE}}
    <div class="field">
      <label class="label" for="mailbox">{{#OURS}}Dedicated mailbox{{/OURS}}{{#PERSONAL}}A mailbox to prove the server with{{/PERSONAL}}</label>
      <input class="input" id="mailbox" name="mailbox" type="email" required maxlength="254" autocomplete="off" value="{{V_MAILBOX}}" aria-describedby="mailbox-hint{{#E_MAILBOX}} mailbox-err{{/E_MAILBOX}}"{{#E_MAILBOX}} aria-invalid="true"{{/E_MAILBOX}}>
      <p class="hint" id="mailbox-hint">{{#OURS}}An empty mailbox that only Latchkey uses. It must not be a person’s.{{/OURS}}{{#PERSONAL}}Yours, for example. Members enter their own later.{{/PERSONAL}}</p>
      {{#E_MAILBOX}}<p class="error" id="mailbox-err"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#stop"/></svg>{{E_MAILBOX}}</p>{{/E_MAILBOX}}
    </div>
    <fieldset class="stack xs"{{#E_FIND}} aria-describedby="find-err"{{/E_FIND}}><legend>Server address</legend>
      <label class="opt"><input type="radio" name="find" value="auto" required{{#FIND_AUTO}} checked{{/FIND_AUTO}}><span>Find it with Autodiscover<br><span class="hint">Latchkey asks the mailbox’s domain where the mailbox lives. A server elsewhere gets the password only after you agree to its name.</span></span></label>
      <label class="opt"><input type="radio" name="find" value="given" required{{#FIND_GIVEN}} checked{{/FIND_GIVEN}}><span>I know the address</span></label>
      {{#E_FIND}}<p class="error" id="find-err"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#stop"/></svg>{{E_FIND}}</p>{{/E_FIND}}
    </fieldset>
    <div class="field">
      <label class="label" for="server">Exchange address</label>
      <input class="input" id="server" name="server" autocomplete="off" autocapitalize="none" spellcheck="false" inputmode="url" maxlength="500" placeholder="mail.example.com" value="{{V_SERVER}}" aria-describedby="server-hint{{#E_SERVER}} server-err{{/E_SERVER}}"{{#E_SERVER}} aria-invalid="true"{{/E_SERVER}}>
      <p class="hint" id="server-hint">If you know it: mail.example.com, or the whole address that ends in /EWS/Exchange.asmx. A port other than 443 must be allowed by ops.</p>
      {{#E_SERVER}}<p class="error" id="server-err"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#stop"/></svg>{{E_SERVER}}</p>{{/E_SERVER}}
    </div>
    <div class="field">
      <label class="label" for="login">Sign-in name</label>
      <input class="input" id="login" name="login" autocomplete="off" autocapitalize="none" spellcheck="false" maxlength="320" placeholder="EXAMPLE\scheduling" value="{{V_LOGIN}}" aria-describedby="login-hint{{#E_LOGIN}} login-err{{/E_LOGIN}}"{{#E_LOGIN}} aria-invalid="true"{{/E_LOGIN}}>
      <p class="hint" id="login-hint">Only if it differs from the mailbox address. One of three forms: user@domain, DOMAIN\user, or user alone.</p>
      {{#E_LOGIN}}<p class="error" id="login-err"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#stop"/></svg>{{E_LOGIN}}</p>{{/E_LOGIN}}
    </div>
    <div class="field">
      <label class="label" for="password">Password</label>
      <input class="input" id="password" name="password" type="password" maxlength="1024" autocomplete="new-password" aria-describedby="password-hint{{#E_PASSWORD}} password-err{{/E_PASSWORD}}"{{#E_PASSWORD}} aria-invalid="true"{{/E_PASSWORD}}>
      <p class="hint" id="password-hint">Stored sealed.{{#KEEP}} Leave empty to keep the one of <time datetime="{{KEEP_ISO}}">{{KEEP_AT}}</time>: it is kept for the same server and sign-in name only.{{/KEEP}}{{#KEEP_LENT}} Leave empty to use the one that is in use, of <time datetime="{{KEEP_ISO}}">{{KEEP_AT}}</time>: it stays good for the same server and sign-in name only.{{/KEEP_LENT}}</p>
      {{#E_PASSWORD}}<p class="error" id="password-err"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#stop"/></svg>{{E_PASSWORD}}</p>{{/E_PASSWORD}}
    </div>
    <details{{#MORE}} open{{/MORE}}><summary>Certificate, sign-in and network</summary><div class="stack inset">
      <div class="field">
        <label class="label" for="signin">Way to sign in</label>
        <select class="select" id="signin" name="signin" aria-describedby="signin-hint{{#E_SIGNIN}} signin-err{{/E_SIGNIN}}"{{#E_SIGNIN}} aria-invalid="true"{{/E_SIGNIN}}>{{#SIGNIN}}<option value="{{OPTION_VALUE}}"{{#OPTION_CHOSEN}} selected{{/OPTION_CHOSEN}}>{{OPTION_NAME}}</option>{{/SIGNIN}}</select>
        <p class="hint" id="signin-hint">One way is tried, once: a wrong try counts against the mailbox’s account.</p>
        {{#E_SIGNIN}}<p class="error" id="signin-err"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#stop"/></svg>{{E_SIGNIN}}</p>{{/E_SIGNIN}}
      </div>
      <div class="field">
        <label class="opt"><input type="checkbox" name="binding" value="1" aria-describedby="binding-hint"{{#BINDING}} checked{{/BINDING}}><span>Extended Protection: bind the sign-in to the server’s certificate</span></label>
        <p class="hint" id="binding-hint">Try it when the server refuses a password that is right: servers with security updates since August 2022 can demand it. Not where a proxy ends TLS before the server.</p>
      </div>
      <div class="field">
        <label class="label" for="ca-file">Your own certificate authority</label>
        <input class="input" id="ca-file" name="ca_file" type="file" accept=".pem,.crt,.cer" aria-describedby="ca-file-hint{{#E_CA_FILE}} ca-file-err{{/E_CA_FILE}}"{{#E_CA_FILE}} aria-invalid="true"{{/E_CA_FILE}}>
        <p class="hint" id="ca-file-hint">Only if the server’s certificate comes from your own authority: its certificate as text (PEM). A file replaces the text below.</p>
        {{#E_CA_FILE}}<p class="error" id="ca-file-err"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#stop"/></svg>{{E_CA_FILE}}</p>{{/E_CA_FILE}}
      </div>
      <div class="field">
        <label class="label" for="ca">The same as text</label>
        <textarea class="input" id="ca" name="ca" rows="4" spellcheck="false" autocomplete="off" placeholder="-----BEGIN CERTIFICATE-----"{{#E_CA}} aria-describedby="ca-err" aria-invalid="true"{{/E_CA}}>{{V_CA:p}}</textarea>
        {{#E_CA}}<p class="error" id="ca-err"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#stop"/></svg>{{E_CA}}</p>{{/E_CA}}
      </div>
      {{#PROXIES}}<div class="field">
        <label class="label" for="proxy">Proxy</label>
        <select class="select" id="proxy" name="proxy" aria-describedby="proxy-hint{{#E_PROXY}} proxy-err{{/E_PROXY}}"{{#E_PROXY}} aria-invalid="true"{{/E_PROXY}}>{{#PROXY}}<option value="{{OPTION_VALUE}}"{{#OPTION_CHOSEN}} selected{{/OPTION_CHOSEN}}>{{OPTION_NAME}}</option>{{/PROXY}}</select>
        <p class="hint" id="proxy-hint">Ops decide which proxies there are.</p>
        {{#E_PROXY}}<p class="error" id="proxy-err"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#stop"/></svg>{{E_PROXY}}</p>{{/E_PROXY}}
      </div>{{/PROXIES}}
    </div></details>
    <div class="row"><button class="btn primary" type="submit">Save and test</button><a class="btn quiet" href="/overview">Cancel</a></div>
</form>
