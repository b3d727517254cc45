# Auth0's one-time codes through Twilio Verify, and the log stream from which Twilio learns which were entered correctly.

resource "auth0_action" "phone_provider" {
  count   = var.phone == "provider" ? 1 : 0
  name    = "Countenance: phone provider"
  runtime = "node22"
  deploy  = true
  code    = file("${path.module}/../actions/phone-provider-twilio-verify.js")

  supported_triggers {
    id      = "custom-phone-provider"
    version = "v1"
  }

  secrets_wo {
    name  = "TWILIO_ACCOUNT"
    value = var.twilio_account
  }
  secrets_wo {
    name  = "TWILIO_SECRET"
    value = var.twilio_secret
  }
  secrets_wo {
    name  = "TWILIO_SERVICE"
    value = var.twilio_service
  }
  secrets_wo_version = var.secrets_version

  lifecycle {
    precondition {
      condition     = var.twilio_account != "" && var.twilio_secret != "" && var.twilio_service != ""
      error_message = "phone needs twilio_account, twilio_secret and twilio_service."
    }
  }
}

# A tenant has one phone provider. It uses the Action of its trigger automatically, once that is deployed.
resource "auth0_phone_provider" "twilio_verify" {
  count      = var.phone == "provider" ? 1 : 0
  depends_on = [auth0_action.phone_provider]
  name       = "custom"
  disabled   = false

  configuration {
    delivery_methods = ["text", "voice"]
  }
  credentials {}
}

resource "auth0_action" "phone_messages" {
  count   = var.phone == "older" ? 1 : 0
  name    = "Countenance: phone messages"
  runtime = "node22"
  deploy  = true
  code    = file("${path.module}/../actions/send-phone-message-twilio-verify.js")

  supported_triggers {
    id      = "send-phone-message"
    version = "v2"
  }

  secrets_wo {
    name  = "TWILIO_ACCOUNT"
    value = var.twilio_account
  }
  secrets_wo {
    name  = "TWILIO_SECRET"
    value = var.twilio_secret
  }
  secrets_wo {
    name  = "TWILIO_SERVICE"
    value = var.twilio_service
  }
  secrets_wo_version = var.secrets_version

  lifecycle {
    precondition {
      condition     = var.twilio_account != "" && var.twilio_secret != "" && var.twilio_service != ""
      error_message = "phone needs twilio_account, twilio_secret and twilio_service."
    }
  }
}

resource "auth0_trigger_actions" "send_phone_message" {
  count   = var.phone == "older" ? 1 : 0
  trigger = "send-phone-message"

  actions {
    id           = auth0_action.phone_messages[0].id
    display_name = auth0_action.phone_messages[0].name
  }
}

resource "auth0_log_stream" "countenance" {
  count = var.log_stream ? 1 : 0
  name  = "Countenance"
  type  = "http"

  sink {
    http_endpoint       = "${var.verifier_origin}/v1/logs/${var.integration_id}"
    http_content_type   = "application/json"
    http_content_format = "JSONLINES"
    http_authorization  = var.log_token
  }

  lifecycle {
    precondition {
      condition     = var.log_token != "" && var.integration_id != "" && var.verifier_origin != ""
      error_message = "log_stream needs log_token, integration_id and verifier_origin."
    }
  }
}
