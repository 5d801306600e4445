{{%AUTOESCAPE context="HTML"}}
<div class="field">
  <label class="label" for="name">Name</label>
  <input class="input" id="name" name="name" autocomplete="off" maxlength="100" value="{{V_NAME}}"{{#E_NAME}} aria-describedby="name-err" aria-invalid="true"{{/E_NAME}}>
  {{#E_NAME}}<p class="error" id="name-err"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#stop"/></svg>{{E_NAME}}</p>{{/E_NAME}}
</div>
<div class="field">
  <label class="label" for="place">Place</label>
  <input class="input" id="place" name="place" autocomplete="off" maxlength="100" value="{{V_PLACE}}" aria-describedby="place-hint{{#E_PLACE}} place-err{{/E_PLACE}}"{{#E_PLACE}} aria-invalid="true"{{/E_PLACE}}>
  <p class="hint" id="place-hint">As people know it: “Building 1, floor 2”. May stay empty.</p>
  {{#E_PLACE}}<p class="error" id="place-err"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#stop"/></svg>{{E_PLACE}}</p>{{/E_PLACE}}
</div>
<div class="field">
  <label class="label" for="seats">Seats</label>
  <input class="input" id="seats" name="seats" inputmode="numeric" autocomplete="off" maxlength="5" value="{{V_SEATS}}" aria-describedby="seats-hint{{#E_SEATS}} seats-err{{/E_SEATS}}"{{#E_SEATS}} aria-invalid="true"{{/E_SEATS}}>
  <p class="hint" id="seats-hint">Room lists of Exchange do not tell it, so it is entered here. May stay empty.</p>
  {{#E_SEATS}}<p class="error" id="seats-err"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#stop"/></svg>{{E_SEATS}}</p>{{/E_SEATS}}
</div>
