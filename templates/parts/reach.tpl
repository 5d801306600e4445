{{%AUTOESCAPE context="HTML"}}
<section class="card" aria-labelledby="reach">
  <header><h2 id="reach">What Latchkey can reach</h2><a class="small" href="/boundaries">Boundaries</a><p>{{REACH_SAY}}{{#OLDEST}} Measured in each mailbox, {{#NEWEST}}between {{/NEWEST}}<time datetime="{{OLDEST_ISO}}" data-rel>{{OLDEST}}</time>{{#NEWEST}} and <time datetime="{{NEWEST_ISO}}" data-rel>{{NEWEST}}</time>{{/NEWEST}}.{{/OLDEST}}</p></header>
  <div class="body diagram">
    <svg class="flat" viewBox="0 0 1000 236" role="img" aria-labelledby="reach-wide"><title id="reach-wide">{{REACH_ALOUD}}</title>
      <path class="bound" fill="none" stroke-width="1.5" stroke-dasharray="4 5" d="M276 14v208M552 14v208"/>
      <path class="wire" fill="none" stroke-width="1.5" stroke-linecap="round" stroke-linejoin="round" d="M206 118h128M326 111l9 7-9 7M484 118h126M602 111l9 7-9 7{{WIRES}}"/>
      <g><rect class="box" x="16" y="66" width="190" height="104" rx="12"/><text x="36" y="100">Your people</text><text class="s" x="36" y="123">admins and members</text><text class="s" x="36" y="145">see status and busy time</text></g>
      <g><rect class="key" x="340" y="54" width="144" height="128" rx="14"/><g transform="translate(358 70)" fill="none" stroke="#e9bd6a" stroke-width="2.2" stroke-linecap="round" stroke-linejoin="round"><rect x="0" y="1" width="12" height="14" rx="3.4"/><path d="M0 5.5h12M12 10h12M18.5 10v4.5M24 10v3.300"/></g><text class="on" x="358" y="118">Latchkey</text><text class="on s" x="358" y="140">keeps busy time</text><text class="on s" x="358" y="160">only, for a day</text></g>
      <g><rect class="box" x="616" y="66" width="160" height="104" rx="12"/><text x="632" y="100">{{EXCHANGE}}</text><text class="s" x="632" y="123">{{EXCHANGE_HOST}}</text><text class="s" x="632" y="145">{{EXCHANGE_WAY}}</text></g>
      {{#BOX}}<g transform="translate(822 {{BOX_Y}})"><rect class="box" width="170" height="48" rx="10"/><rect class="fill {{BOX_CLASS}}" x="14" y="11" width="4" height="26" rx="2"/><text x="28" y="21">{{BOX_NAME}}</text><text class="s" x="28" y="38">{{BOX_SAY}}</text></g>
      {{/BOX}}
      <text class="b" x="286" y="28">Boundary A</text><text class="s" x="286" y="206">a password</text><text class="s" x="286" y="222">of their own</text>
      <text class="b" x="562" y="28">Boundary B</text><text class="s" x="562" y="206">{{KEY_WHOSE}}</text><text class="s" x="562" y="222">{{KEY_WHAT}}</text>
    </svg>
    <svg class="tall" viewBox="0 0 320 {{TALL_HEIGHT}}" role="img" aria-labelledby="reach-tall"><title id="reach-tall">{{REACH_ALOUD}}</title>
      <path class="bound" fill="none" stroke-width="1.5" stroke-dasharray="4 5" d="M4 116h312M4 290h312"/>
      <path class="wire" fill="none" stroke-width="1.5" stroke-linecap="round" stroke-linejoin="round" d="M160 76v78M153 146l7 9 7-9M160 248v80M153 320l7 9 7-9{{WIRES_TALL}}"/>
      <rect class="box" x="20" y="8" width="280" height="68" rx="12"/><text x="40" y="37">Your people</text><text class="s" x="40" y="58">see status and busy time</text>
      <text class="b" x="12" y="106">Boundary A</text><text class="s" x="172" y="106">a password</text><text class="s" x="172" y="136">of their own</text>
      <g><rect class="key" x="20" y="162" width="280" height="86" rx="14"/><g transform="translate(254 184)" fill="none" stroke="#e9bd6a" stroke-width="2.2" stroke-linecap="round" stroke-linejoin="round"><rect x="0" y="1" width="12" height="14" rx="3.4"/><path d="M0 5.5h12M12 10h12M18.5 10v4.5M24 10v3.300"/></g><text class="on" x="40" y="198">Latchkey</text><text class="on s" x="40" y="220">keeps busy time only, for a day</text></g>
      <text class="b" x="12" y="280">Boundary B</text><text class="s" x="172" y="280">{{KEY_WHOSE}}</text><text class="s" x="172" y="310">{{KEY_WHAT}}</text>
      <rect class="box" x="20" y="336" width="280" height="70" rx="12"/><text x="40" y="366">{{EXCHANGE}}</text><text class="s" x="40" y="388">{{EXCHANGE_HOST}}, {{EXCHANGE_WAY}}</text>
      {{#BOX}}<g transform="translate(68 {{BOX_TALL_Y}})"><rect class="box" width="232" height="56" rx="10"/><rect class="fill {{BOX_CLASS}}" x="14" y="15" width="4" height="26" rx="2"/><text x="30" y="25">{{BOX_NAME}}</text><text class="s" x="30" y="44">{{BOX_SAY}}</text></g>
      {{/BOX}}
    </svg>
  </div>
</section>
