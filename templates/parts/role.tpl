{{%AUTOESCAPE context="HTML"}}
<fieldset class="stack xs"{{#E_ROLE}} aria-describedby="role-err"{{/E_ROLE}}><legend>Role</legend>
  {{#ROLE_OPTION}}<label class="opt"><input type="radio" name="role" value="{{ROLE_VALUE}}" required{{#ROLE_CHECKED}} checked{{/ROLE_CHECKED}}><span>{{ROLE_NAME}}<br><span class="hint">{{ROLE_HINT}}</span></span></label>
  {{/ROLE_OPTION}}
  {{#E_ROLE}}<p class="error" id="role-err"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#stop"/></svg>{{E_ROLE}}</p>{{/E_ROLE}}
</fieldset>
