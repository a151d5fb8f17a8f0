# Canaries: builds of the simulation in which one line of the engine is wrong. Each must be found out within the seeds
# that the engine itself passes; a simulation that no longer finds them proves nothing.
#
# stepwell_mutant(NAME FILE FROM TO): in FILE, FROM becomes TO. The changed copy is linked before the libraries, so it
# takes the place of the original.
function(stepwell_mutant name file from to)
    set(original ${CMAKE_SOURCE_DIR}/${file})
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${original})
    file(READ ${original} text)
    string(FIND "${text}" "${from}" at)
    if(at EQUAL -1)
        message(WARNING "The canary ${name} no longer applies: ${file} lacks its line. Give it another one.")
        add_test(NAME simulation.canary.${name} COMMAND ${CMAKE_COMMAND} -E false)
        return()
    endif()
    string(REPLACE "${from}" "${to}" text "${text}")
    get_filename_component(base ${file} NAME_WE)
    set(copy ${CMAKE_CURRENT_BINARY_DIR}/${name}/${base}.cpp)
    file(CONFIGURE OUTPUT ${copy} CONTENT "${text}" @ONLY)
    add_executable(simulation_${name} ${copy})
    target_compile_options(simulation_${name} PRIVATE -Wno-unused)
    target_link_libraries(simulation_${name} PRIVATE stepwell_simulation nlohmann_json::nlohmann_json)
    set_target_properties(simulation_${name} PROPERTIES AUTOMOC OFF)
    add_test(NAME simulation.canary.${name} COMMAND simulation_${name} --seeds 1000 --expect-violation)
    set_tests_properties(simulation.canary.${name} PROPERTIES TIMEOUT 240)
endfunction()

set(core app/engine/core)
stepwell_mutant(unstored_result ${core}/core.cpp
    "        m_transaction->putStep(row);\n    live.finished.clear()" "        (void)row;\n    live.finished.clear()")
stepwell_mutant(lost_retry ${core}/core_steps.cpp
    "step.row.due = m_now + delay;\n    arm(live, *step.row.due)" "step.row.due = m_now + delay")
stepwell_mutant(wrong_counter ${core}/core.cpp
    "tally(row, 1);\n    row.modified" "row.modified")
stepwell_mutant(reused_run ${core}/core_runs.cpp
    "++live.row.run.value" "live.row.run.value = std::max(1U, live.row.run.value)")
stepwell_mutant(step_twice ${core}/core_driver.cpp
    "if (index.value < live.nextStep) return false" "(void)live")
stepwell_mutant(early_acknowledgement app/engine/turn_runner.cpp
    "if (!m_transaction.commit(error)) return rebuildAfter(std::move(error), now.wall, commands)"
    "m_transaction.commit(error)")
