#include "widgets/backends/ask_on_production.h"

#include "widgets/backends/production.h"

namespace stepwell {

void askOnProduction(QWidget* parent, const Question& question, std::function<void()> yes) {
    if (!productionOf(parent)) return yes();
    askFirst(parent, question, std::move(yes));
}

}  // namespace stepwell
