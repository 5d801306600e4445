{{%AUTOESCAPE context="HTML"}}
<section class="card" aria-labelledby="why">
  <header><h2 id="why">Why {{WHY_SAY}} not connected</h2></header>
  <div class="flush scroll" tabindex="0" role="region" aria-label="Table of reasons">
    <table class="table"><thead><tr><th scope="col">Reason and who can fix it</th><td class="col-s"></td><th scope="col" class="end">People</th></tr></thead>
    <tbody>
      {{#WHY_ROW}}<tr class="{{STATUS_CLASS}}"><th scope="row"><span class="why"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#{{STATUS_ICON:u}}"/></svg><span>{{WHY_TITLE}}<span class="sub">{{STATUS_WORD}} · {{WHY_WHO}}</span></span></span></th><td class="col-s"><meter max="{{WHY_MOST}}" value="{{WHY_VALUE}}" aria-hidden="true"></meter></td><td class="end"><a href="{{WHY_URL}}">{{WHY_N}}<span class="sr"> people: {{WHY_TITLE}}</span></a></td></tr>
      {{/WHY_ROW}}
    </tbody></table>
  </div>
</section>
