terraform {
  # Write-only arguments keep secrets out of the state. They need Terraform 1.11 and, for Actions, provider 1.52.
  required_version = ">= 1.11"

  required_providers {
    auth0 = {
      source  = "auth0/auth0"
      version = ">= 1.52, < 2.0"
    }
  }
}

# Reads AUTH0_DOMAIN, AUTH0_CLIENT_ID and AUTH0_CLIENT_SECRET from the environment.
provider "auth0" {}
