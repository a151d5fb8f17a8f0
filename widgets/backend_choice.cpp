#include "widgets/backend_choice.h"

namespace stepwell {

BackendChoice localChoiceOf(const QString& apiBase, const QString& account, const QString& token) {
    auto spec = newBackendSpec(BackendKind::thisMachine);
    spec.apiBase = apiBase;
    spec.account = account;
    return {spec, token};
}

}  // namespace stepwell
