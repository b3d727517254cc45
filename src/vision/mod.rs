//! The networks: faces, passive liveness, embedding.
