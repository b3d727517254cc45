# The post-login flow.

resource "auth0_action" "face" {
  count   = var.face ? 1 : 0
  name    = "Countenance: face"
  runtime = "node22"
  deploy  = true
  code    = file("${path.module}/../actions/verified-post-login.js")

  supported_triggers {
    id      = "post-login"
    version = "v3"
  }

  secrets_wo {
    name  = "SESSION_SECRET"
    value = var.session_secret
  }
  secrets_wo {
    name  = "INTEGRATION_ID"
    value = var.integration_id
  }
  secrets_wo {
    name  = "VERIFIER_ORIGIN"
    value = var.verifier_origin
  }
  secrets_wo {
    name  = "MODE"
    value = var.mode
  }
  dynamic "secrets_wo" {
    for_each = var.max_age == null ? [] : [var.max_age]
    content {
      name  = "MAX_AGE"
      value = tostring(secrets_wo.value)
    }
  }
  secrets_wo_version = var.secrets_version

  lifecycle {
    precondition {
      condition     = var.session_secret != "" && var.integration_id != "" && var.verifier_origin != ""
      error_message = "face needs session_secret, integration_id and verifier_origin."
    }
  }
}

resource "auth0_action" "step_up" {
  count   = var.step_up ? 1 : 0
  name    = "Countenance: step-up"
  runtime = "node22"
  deploy  = true
  code    = file("${path.module}/../actions/step-up-salary.js")

  supported_triggers {
    id      = "post-login"
    version = "v3"
  }

  # Not secret, so the state may contain them.
  dynamic "secrets" {
    for_each = length(var.step_up_client_ids) > 0 ? [join(",", var.step_up_client_ids)] : []
    content {
      name  = "CLIENT_IDS"
      value = secrets.value
    }
  }
}

# All bindings of the flow, in order. They replace the current ones.
resource "auth0_trigger_actions" "post_login" {
  count   = var.face || var.step_up ? 1 : 0
  trigger = "post-login"

  dynamic "actions" {
    for_each = concat(
      var.actions_before,
      [for action in concat(auth0_action.face, auth0_action.step_up) : { id = action.id, display_name = action.name }],
      var.actions_after,
    )
    content {
      id           = actions.value.id
      display_name = actions.value.display_name
    }
  }
}
