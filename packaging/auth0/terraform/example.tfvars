# Secrets come from the environment: TF_VAR_session_secret, TF_VAR_twilio_secret, TF_VAR_log_token.
integration_id  = "from the portal"
verifier_origin = "https://verifier.example.com"
mode            = "on-demand"

# max_age        = 3600
# phone          = "provider"
# log_stream     = true
# twilio_account = "SK…"
# twilio_service = "VA…"
