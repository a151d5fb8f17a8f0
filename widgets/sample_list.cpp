#include "widgets/sample_list.h"

#include "widgets/controls.h"

#include <QFileInfo>
#include <QHBoxLayout>
#include <QVBoxLayout>

#include <algorithm>

namespace stepwell {

SampleList::SampleList(const std::vector<Sample>& samples, QWidget* parent)
    : QWidget(parent) {
    auto* card = makeCard();
    auto* rows = new QVBoxLayout(card);
    rows->setContentsMargins(16, 10, 12, 10);
    rows->setSpacing(10);
    rows->addWidget(makeLabel(tr("Samples to start with"), "cardTitle"));
    for (const auto& sample : samples) {
        auto* whole = new QWidget;
        auto* column = new QVBoxLayout(whole);
        column->setContentsMargins(0, 0, 0, 0);
        column->setSpacing(10);
        column->addWidget(makeLine(Qt::Horizontal));
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
        column->addLayout(row);
        rows->addWidget(whole);
        rows_.push_back({QFileInfo(sample.path).fileName(), whole});
    }
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(card);
}

void SampleList::setKnown(const QStringList& workflows) {
    for (auto& row : rows_) {
        row.known = workflows.contains(row.workflow);
        row.widget->setVisible(!row.known);
    }
}

bool SampleList::isEmpty() const {
    return std::all_of(rows_.begin(), rows_.end(), [](const Row& row) { return row.known; });
}

bool SampleList::declares(const QString& workflow) const {
    return std::any_of(rows_.begin(), rows_.end(), [&](const Row& row) { return row.workflow == workflow; });
}

}  // namespace stepwell
