{{%AUTOESCAPE context="HTML"}}
<div class="head">
  <div><h1>Settings</h1><p>Who may administer {{ORG}}, and links that are still open.</p></div>
  <div class="row"><a class="btn primary" href="/settings/invite"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#plus"/></svg>Invite</a></div>
</div>
{{>PARTS_SETTINGS}}
<div class="stack">
  <section class="card" aria-labelledby="admins"><header><h2 id="admins">Account admins</h2><p>To make somebody an admin, open their page and choose Edit.</p></header>
    <div class="flush scroll" tabindex="0" role="region" aria-label="Table of admins"><table class="table"><thead><tr><th scope="col">Name</th><th scope="col" class="col-s">Last sign-in</th></tr></thead><tbody>
      {{#PERSON}}<tr><th scope="row"><a href="{{PERSON_URL}}">{{PERSON_NAME}}</a>{{#PERSON_ME}} <span class="tag">you</span>{{/PERSON_ME}}{{#PERSON_OFF}} <span class="tag">deactivated</span>{{/PERSON_OFF}}<span class="sub">{{PERSON_EMAIL}}</span></th><td class="col-s">{{#PERSON_SEEN}}<time datetime="{{PERSON_SEEN_ISO}}" data-rel>{{PERSON_SEEN}}</time>{{/PERSON_SEEN}}{{#PERSON_NEVER}}<span class="muted">Not yet</span>{{/PERSON_NEVER}}</td></tr>
      {{/PERSON}}
    </tbody></table></div>
  </section>
  <section class="card" aria-labelledby="links"><header><h2 id="links">Open links</h2><p>Invitations and links for a new password that nobody has used yet. Each works once.</p></header>
    {{#INVITATIONS}}<div class="flush scroll" tabindex="0" role="region" aria-label="Table of open links"><table class="table"><thead><tr><th scope="col">For</th><th scope="col" class="col-m">Made by</th><th scope="col">Ends</th></tr></thead><tbody>
      {{#INVITATION}}<tr><th scope="row"><a href="{{INVITATION_URL}}">{{INVITATION_EMAIL}}</a><span class="sub">{{INVITATION_KIND}}</span></th><td class="col-m">{{INVITATION_BY}}</td><td><time datetime="{{INVITATION_ENDS_ISO}}" data-rel>{{INVITATION_ENDS}}</time></td></tr>
      {{/INVITATION}}
    </tbody></table></div><footer><span class="muted">Open one to make a new link in its place, or to end it.</span></footer>{{/INVITATIONS}}
    {{#NO_INVITATIONS}}<div class="empty"><span class="badge"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#mail"/></svg></span><h3>No open links</h3><p>When you invite somebody, or make a link for a new password, it is listed here until it is used.</p></div>{{/NO_INVITATIONS}}
  </section>
</div>
