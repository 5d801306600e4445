{{%AUTOESCAPE context="HTML"}}
<form class="stack lg" method="post" action="/connection/credentials/office365"><input type="hidden" name="csrf" value="{{CSRF}}">{{#BASE}}<input type="hidden" name="from" value="{{BASE_FROM}}"><input type="hidden" name="rev" value="{{BASE_REV}}">{{/BASE}}
    <div class="field">
      <label class="label" for="mailbox">{{#OURS}}Dedicated mailbox{{/OURS}}{{#PERSONAL}}A mailbox to prove the application with{{/PERSONAL}}</label>
      <input class="input" id="mailbox" name="mailbox" type="email" required maxlength="254" autocomplete="off" value="{{V_MAILBOX}}" aria-describedby="mailbox-hint{{#E_MAILBOX}} mailbox-err{{/E_MAILBOX}}"{{#E_MAILBOX}} aria-invalid="true"{{/E_MAILBOX}}>
      <p class="hint" id="mailbox-hint">{{#OURS}}An empty mailbox that only Latchkey uses. It must not be a person’s.{{/OURS}}{{#PERSONAL}}Yours, for example. Members sign in with Microsoft themselves.{{/PERSONAL}}</p>
      {{#E_MAILBOX}}<p class="error" id="mailbox-err"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#stop"/></svg>{{E_MAILBOX}}</p>{{/E_MAILBOX}}
    </div>
    {{#REDIRECT}}<div class="field"><span class="label">Address to register as redirect URI</span>
      <div class="copyline"><code id="redirect">{{REDIRECT_URI}}</code><button class="btn quiet sm" type="button" data-copy="redirect" hidden><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#copy"/></svg>Copy<span class="sr"> the redirect address</span></button></div>
      <p class="hint">In the Microsoft Entra admin centre: App registrations, your application, Authentication, platform Web.</p></div>{{/REDIRECT}}
    <div class="field">
      <label class="label" for="tenant">Directory (tenant) ID</label>
      <input class="input" id="tenant" name="tenant" autocomplete="off" autocapitalize="none" spellcheck="false" required maxlength="253" placeholder="00000000-0000-0000-0000-000000000000" value="{{V_TENANT}}" aria-describedby="tenant-hint{{#E_TENANT}} tenant-err{{/E_TENANT}}"{{#E_TENANT}} aria-invalid="true"{{/E_TENANT}}>
      <p class="hint" id="tenant-hint">In the Microsoft Entra admin centre, under Overview. A domain of yours does as well.</p>
      {{#E_TENANT}}<p class="error" id="tenant-err"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#stop"/></svg>{{E_TENANT}}</p>{{/E_TENANT}}
    </div>
    <div class="field">
      <label class="label" for="client-id">Application (client) ID</label>
      <input class="input" id="client-id" name="client_id" autocomplete="off" autocapitalize="none" spellcheck="false" required maxlength="36" placeholder="00000000-0000-0000-0000-000000000000" value="{{V_CLIENT_ID}}" aria-describedby="client-id-hint{{#E_CLIENT_ID}} client-id-err{{/E_CLIENT_ID}}"{{#E_CLIENT_ID}} aria-invalid="true"{{/E_CLIENT_ID}}>
      <p class="hint" id="client-id-hint">On the Overview page of your application’s registration.{{#NEEDS_USER}} Under API permissions it needs EWS.AccessAsUser.All of Office 365 Exchange Online, delegated, with admin consent.{{/NEEDS_USER}}{{#NEEDS_APP}} Under API permissions it needs full_access_as_app of Office 365 Exchange Online, with admin consent: it reaches every mailbox that your Exchange admin does not exclude.{{/NEEDS_APP}}</p>
      {{#E_CLIENT_ID}}<p class="error" id="client-id-err"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#stop"/></svg>{{E_CLIENT_ID}}</p>{{/E_CLIENT_ID}}
    </div>
    {{#BOTH_SIGNINS}}<fieldset class="stack xs"{{#E_SIGNIN}} aria-describedby="signin-err"{{/E_SIGNIN}}><legend>Who signs in</legend>
      <label class="opt"><input type="radio" name="signin" value="user" required{{#SIGNIN_USER}} checked{{/SIGNIN_USER}}><span>The dedicated mailbox, with Microsoft<br><span class="hint">Once, in your browser. Permission EWS.AccessAsUser.All, delegated.</span></span></label>
      <label class="opt"><input type="radio" name="signin" value="app" required{{#SIGNIN_APP}} checked{{/SIGNIN_APP}}><span>The application alone<br><span class="hint">Permission full_access_as_app: it reaches every mailbox that your Exchange admin does not exclude.</span></span></label>
      {{#E_SIGNIN}}<p class="error" id="signin-err"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#stop"/></svg>{{E_SIGNIN}}</p>{{/E_SIGNIN}}
    </fieldset>{{/BOTH_SIGNINS}}
    {{#ONE_SIGNIN}}<input type="hidden" name="signin" value="{{ONE_SIGNIN_CODE}}">{{/ONE_SIGNIN}}
    {{#BY_SECRET}}<input type="hidden" name="proof" value="secret">{{/BY_SECRET}}
    {{#BY_CERTIFICATE}}<fieldset class="stack xs"{{#E_PROOF}} aria-describedby="proof-err"{{/E_PROOF}}><legend>How the application proves itself</legend>
      <label class="opt"><input type="radio" name="proof" value="secret" required{{#PROOF_SECRET}} checked{{/PROOF_SECRET}}><span>With a client secret, entered below</span></label>
      <label class="opt"><input type="radio" name="proof" value="certificate" required{{#PROOF_CERTIFICATE}} checked{{/PROOF_CERTIFICATE}}><span>With a certificate that Latchkey makes<br><span class="hint">{{#BOTH_SIGNINS}}Where the application signs in alone. {{/BOTH_SIGNINS}}The next page has its public part to download and upload at Microsoft. The private key never leaves this installation.</span></span></label>
      {{#E_PROOF}}<p class="error" id="proof-err"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#stop"/></svg>{{E_PROOF}}</p>{{/E_PROOF}}
    </fieldset>{{/BY_CERTIFICATE}}
    <div class="field">
      <label class="label" for="secret">Client secret</label>
      <input class="input" id="secret" name="secret" type="password" maxlength="1024" autocomplete="new-password" aria-describedby="secret-hint{{#E_SECRET}} secret-err{{/E_SECRET}}"{{#E_SECRET}} aria-invalid="true"{{/E_SECRET}}>
      <p class="hint" id="secret-hint">The value, not the secret’s ID. Stored sealed.{{#KEEP}} Leave empty to keep what was entered on <time datetime="{{KEEP_ISO}}">{{KEEP_AT}}</time>: it is kept for the same application only.{{/KEEP}}{{#KEEP_LENT}} Leave empty to use what is in use, entered on <time datetime="{{KEEP_ISO}}">{{KEEP_AT}}</time>: it stays good for the same application only.{{/KEEP_LENT}}</p>
      {{#E_SECRET}}<p class="error" id="secret-err"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#stop"/></svg>{{E_SECRET}}</p>{{/E_SECRET}}
    </div>
    <div class="field">
      <label class="label" for="expires">The secret ends on</label>
      <input class="input date" id="expires" name="expires" type="date" autocomplete="off" value="{{V_EXPIRES}}" aria-describedby="expires-hint{{#E_EXPIRES}} expires-err{{/E_EXPIRES}}"{{#E_EXPIRES}} aria-invalid="true"{{/E_EXPIRES}}>
      <p class="hint" id="expires-hint">As Microsoft shows it beside the secret. You get a notice 60 days before.</p>
      {{#E_EXPIRES}}<p class="error" id="expires-err"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#stop"/></svg>{{E_EXPIRES}}</p>{{/E_EXPIRES}}
    </div>
    <details{{#MORE}} open{{/MORE}}><summary>Other clouds</summary><div class="stack inset">
      <div class="field">
        <label class="label" for="cloud">Microsoft’s cloud</label>
        <select class="select" id="cloud" name="cloud">{{#CLOUD}}<option value="{{OPTION_VALUE}}"{{#OPTION_CHOSEN}} selected{{/OPTION_CHOSEN}}>{{OPTION_NAME}}</option>{{/CLOUD}}</select>
      </div>
      <div class="field">
        <label class="label" for="server">Exchange address</label>
        <input class="input" id="server" name="server" autocomplete="off" autocapitalize="none" spellcheck="false" inputmode="url" maxlength="500" value="{{V_SERVER}}" aria-describedby="server-hint{{#E_SERVER}} server-err{{/E_SERVER}}"{{#E_SERVER}} aria-invalid="true"{{/E_SERVER}}>
        <p class="hint" id="server-hint">For another cloud only. A port other than 443 must be allowed by ops.</p>
        {{#E_SERVER}}<p class="error" id="server-err"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#stop"/></svg>{{E_SERVER}}</p>{{/E_SERVER}}
      </div>
      <div class="field">
        <label class="label" for="authority">Sign-in service</label>
        <input class="input" id="authority" name="authority" autocomplete="off" autocapitalize="none" spellcheck="false" inputmode="url" maxlength="253" value="{{V_AUTHORITY}}" aria-describedby="authority-hint{{#E_AUTHORITY}} authority-err{{/E_AUTHORITY}}"{{#E_AUTHORITY}} aria-invalid="true"{{/E_AUTHORITY}}>
        <p class="hint" id="authority-hint">For another cloud only, with https:// and nothing behind the name.</p>
        {{#E_AUTHORITY}}<p class="error" id="authority-err"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#stop"/></svg>{{E_AUTHORITY}}</p>{{/E_AUTHORITY}}
      </div>
    </div></details>
    <div class="row"><button class="btn primary" type="submit">{{#BOTH_SIGNINS}}Save and continue{{/BOTH_SIGNINS}}{{#ONE_SIGNIN}}{{#SIGNIN_USER}}Save and sign in as the mailbox{{/SIGNIN_USER}}{{#SIGNIN_APP}}Save and test{{/SIGNIN_APP}}{{/ONE_SIGNIN}}</button><a class="btn quiet" href="/overview">Cancel</a></div>
    {{#SIGNIN_USER}}<p class="hint">Microsoft always asks for the mailbox’s password, even if you are signed in as yourself. If you sign in as somebody else by mistake, nothing is stored.</p>{{/SIGNIN_USER}}
</form>
