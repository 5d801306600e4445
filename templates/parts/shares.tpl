{{%AUTOESCAPE context="HTML"}}
{{#SHARES}}<section class="card screen" aria-labelledby="shares"><header><h2 id="shares">Open links</h2><p>Whoever has one can read the script, and say that it has run.</p></header>
  <div class="flush scroll" tabindex="0" role="region" aria-label="Table of open links"><table class="table"><thead><tr><th scope="col">To</th><th scope="col" class="col-m">Opened</th><th scope="col" class="col-s">Ends</th><td></td></tr></thead><tbody>
    {{#SHARE}}<tr><th scope="row"><a href="{{SHARE_URL}}">{{SHARE_TO}}</a><span class="sub">{{SHARE_TITLE}}. {{SHARE_ABOUT}}</span>{{#SHARE_RAN}}<span class="sub">Has run, said <time datetime="{{SHARE_RAN_ISO}}" data-rel>{{SHARE_RAN}}</time></span>{{/SHARE_RAN}}</th><td class="col-m">{{#SHARE_NEW}}Not yet{{/SHARE_NEW}}{{#SHARE_OPENED}}{{SHARE_TIMES}}, <time datetime="{{SHARE_OPENED_ISO}}" data-rel>{{SHARE_OPENED}}</time>{{/SHARE_OPENED}}</td><td class="col-s"><time datetime="{{SHARE_ENDS_ISO}}" data-rel>{{SHARE_ENDS}}</time></td><td class="end"><form method="post" action="{{SHARE_END}}"><input type="hidden" name="csrf" value="{{CSRF}}"><button class="btn sm danger">Withdraw<span class="sr"> the link to {{SHARE_TO}}</span></button></form></td></tr>
    {{/SHARE}}
  </tbody></table></div>
</section>{{/SHARES}}
