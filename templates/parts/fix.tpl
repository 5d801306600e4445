{{%AUTOESCAPE context="HTML"}}
{{#FIX}}<div class="stack xs"><h3>Who can fix it: {{FIX_WHO}}</h3><ol>{{#FIX_STEP}}<li>{{FIX_STEP}}</li>{{/FIX_STEP}}</ol>{{#FIX_WAIT}}<p class="small muted">It takes {{FIX_WAIT}} until a change can be seen here.</p>{{/FIX_WAIT}}{{#FIX_SCRIPT}}<p><a href="{{FIX_SCRIPT}}">Script for the Exchange admin, for {{FIX_SCRIPT_WHOM}}</a></p>{{/FIX_SCRIPT}}</div>{{/FIX}}
