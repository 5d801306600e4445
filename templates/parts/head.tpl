{{%AUTOESCAPE context="HTML"}}
<!doctype html>
<html lang="en" data-now="{{NOW}}" data-theme="{{THEME}}">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>{{TITLE}} · Latchkey</title>
  <link rel="icon" href="/static/mark.svg?v={{BUILD:u}}" type="image/svg+xml">
  <link rel="stylesheet" href="/static/tokens.css?v={{BUILD:u}}">
  <link rel="stylesheet" href="/static/portal.css?v={{BUILD:u}}">
  <script src="/static/portal.js?v={{BUILD:u}}" defer></script>
</head>
