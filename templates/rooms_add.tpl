{{%AUTOESCAPE context="HTML"}}
<div class="head">
  <div><a class="crumb" href="/rooms"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#chevron"/></svg>Rooms</a><h1>Add a room</h1><p>For a room that is in no room list. It is looked at within a minute.</p></div>
</div>
<section class="card" aria-label="Room"><div class="body">
  <form class="stack lg" method="post" action="/rooms/add"><input type="hidden" name="csrf" value="{{CSRF}}">
    <div class="field">
      <label class="label" for="email">Address of the room</label>
      <input class="input" id="email" name="email" type="email" autocomplete="off" maxlength="254" required value="{{V_EMAIL}}"{{#E_EMAIL}} aria-describedby="email-err" aria-invalid="true"{{/E_EMAIL}}>
      {{#E_EMAIL}}<p class="error" id="email-err"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#stop"/></svg>{{E_EMAIL}}</p>{{/E_EMAIL}}
    </div>
    {{>PARTS_ROOM}}
    <div class="row"><button class="btn primary" type="submit">Add the room</button><a class="btn quiet" href="/rooms">Cancel</a></div>
  </form>
</div></section>
