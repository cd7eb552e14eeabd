#include "ops/app/application.h"

int main(int argc, char** argv) { return medverka::app::RunApplication(argc, argv); }
