# What to install.

variable "face" {
  description = "Whether logins are to show a face: the Action verified-post-login.js."
  type        = bool
  default     = true
}

variable "step_up" {
  description = "Whether applications may ask for the tenant's own second factor: the Action step-up-salary.js."
  type        = bool
  default     = false
}

variable "phone" {
  description = "How Auth0's one-time codes reach Twilio Verify: \"none\", \"provider\" (unified phone experience) or \"older\"."
  type        = string
  default     = "none"

  validation {
    condition     = contains(["none", "provider", "older"], var.phone)
    error_message = "phone is \"none\", \"provider\" or \"older\"."
  }
}

variable "log_stream" {
  description = "Whether the tenant's log goes to the verifier, which tells Twilio which codes came back right."
  type        = bool
  default     = false
}

# The integration, as the verifier's portal shows it.

variable "integration_id" {
  description = "Integration Id."
  type        = string
  default     = ""
}

variable "session_secret" {
  description = "Session Secret, shown once."
  type        = string
  default     = ""
  sensitive   = true
}

variable "verifier_origin" {
  description = "The verifier: scheme and host, no path."
  type        = string
  default     = ""

  validation {
    condition     = var.verifier_origin == "" || can(regex("^https://[a-z0-9.-]+(:[0-9]+)?$", var.verifier_origin))
    error_message = "verifier_origin is https:// and a host name, without a path."
  }
}

variable "mode" {
  description = "\"always\" or \"on-demand\"."
  type        = string
  default     = "on-demand"

  validation {
    condition     = contains(["always", "on-demand"], var.mode)
    error_message = "mode is \"always\" or \"on-demand\"."
  }
}

variable "max_age" {
  description = "Seconds, 1 to 86400, for which a face counts in its browser session. Left out: it counts for one login."
  type        = number
  default     = null

  validation {
    condition     = var.max_age == null ? true : var.max_age >= 1 && var.max_age <= 86400 && floor(var.max_age) == var.max_age
    error_message = "max_age is a whole number of seconds, 1 to 86400."
  }
}

variable "log_token" {
  description = "Log token of the integration, shown once. Terraform keeps it in its state."
  type        = string
  default     = ""
  sensitive   = true
}

# Twilio Verify.

variable "twilio_account" {
  description = "Account (AC…) or API key (SK…)."
  type        = string
  default     = ""
}

variable "twilio_secret" {
  description = "The account's auth token, or the API key's secret."
  type        = string
  default     = ""
  sensitive   = true
}

variable "twilio_service" {
  description = "Verify service (VA…) with custom codes enabled."
  type        = string
  default     = ""
}

# Everything else.

variable "secrets_version" {
  description = "To be raised when the value of a secret changes: Terraform does not see it otherwise."
  type        = number
  default     = 1
}

variable "step_up_client_ids" {
  description = "Client ids for which step_up works; none: all."
  type        = list(string)
  default     = []
}

variable "actions_before" {
  description = "Other Actions of the post-login flow that run first. Those in neither list are unbound."
  type        = list(object({ id = string, display_name = string }))
  default     = []
}

variable "actions_after" {
  description = "Other Actions of the post-login flow that run last."
  type        = list(object({ id = string, display_name = string }))
  default     = []
}
