#include "widgets/sample_list.h"

#include "widgets/controls.h"

#include <QHBoxLayout>
#include <QVBoxLayout>

namespace stepwell {

SampleList::SampleList(const std::vector<Sample>& samples, QWidget* parent)
    : QWidget(parent) {
    auto* card = makeCard();
    auto* rows = new QVBoxLayout(card);
    rows->setContentsMargins(16, 10, 12, 10);
    rows->setSpacing(10);
    rows->addWidget(makeLabel(tr("Samples to start with"), "cardTitle"));
    for (const auto& sample : samples) {
        rows->addWidget(makeLine(Qt::Horizontal));
        auto* words = new QVBoxLayout;
        words->setSpacing(2);
        words->addWidget(makeLabel(sample.title));
        auto* description = makeLabel(sample.description, "small");
        description->setWordWrap(true);
        words->addWidget(description);
        auto* add = makeButton(tr("Add"));
        add->setAccessibleName(tr("Add %1").arg(sample.title));
        connect(add, &QPushButton::clicked, this, [this, path = sample.path] { emit chosen(path); });
        auto* row = new QHBoxLayout;
        row->addLayout(words, 1);
        row->addSpacing(16);
        row->addWidget(add);
        rows->addLayout(row);
    }
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(card);
}

}  // namespace stepwell
