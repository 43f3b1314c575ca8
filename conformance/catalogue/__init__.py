"""The cases, one folder an application, named as everywhere else in the house."""
