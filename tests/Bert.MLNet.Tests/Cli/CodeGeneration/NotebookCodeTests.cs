using System.Text.Json;
using System.Text.RegularExpressions;
using Bert.MLNet.Tests.Docs;

namespace Bert.MLNet.Tests.Cli.CodeGeneration;

/// <summary>The notebook beside a trained model.</summary>
public sealed partial class NotebookCodeTests
{
    /// <summary>The required members of the schema of nbformat 4.5.</summary>
    [Theory, MemberData(nameof(CodeProjectTests.Names), MemberType = typeof(CodeProjectTests))]
    public void A_notebook_has_the_form_of_nbformat_4_5(string name)
    {
        foreach (JsonElement notebook in Notebooks(name))
        {
            Assert.Equal((4, 5), (notebook.GetProperty("nbformat").GetInt32(), notebook.GetProperty("nbformat_minor").GetInt32()));
            JsonElement kernel = notebook.GetProperty("metadata").GetProperty("kernelspec");
            Assert.Equal(".net-csharp", kernel.GetProperty("name").GetString());
            Assert.NotEmpty(kernel.GetProperty("display_name").GetString()!);
            JsonElement[] cells = [.. notebook.GetProperty("cells").EnumerateArray()];
            string[] ids = [.. cells.Select(cell => cell.GetProperty("id").GetString()!)];
            Assert.All(ids, id => Assert.Matches(Id(), id));
            Assert.Equal(ids.Distinct(), ids);
            foreach (JsonElement cell in cells)
            {
                Assert.Equal(JsonValueKind.Object, cell.GetProperty("metadata").ValueKind);
                Assert.Equal(JsonValueKind.Array, cell.GetProperty("source").ValueKind);
                string[] members = [.. cell.EnumerateObject().Select(member => member.Name).Order(StringComparer.Ordinal)];
                if (cell.GetProperty("cell_type").GetString() == "markdown")
                    Assert.Equal(["cell_type", "id", "metadata", "source"], members);
                else
                {
                    Assert.Equal("code", cell.GetProperty("cell_type").GetString());
                    Assert.Equal(["cell_type", "execution_count", "id", "metadata", "outputs", "source"], members);
                    Assert.Equal(JsonValueKind.Null, cell.GetProperty("execution_count").ValueKind);
                    Assert.Empty(cell.GetProperty("outputs").EnumerateArray());
                }
            }
        }
    }

    [Theory, MemberData(nameof(CodeProjectTests.Names), MemberType = typeof(CodeProjectTests))]
    public void The_cells_of_a_notebook_form_a_program_that_compiles(string name)
    {
        foreach (JsonElement notebook in Notebooks(name))
        {
            string[] cells = [.. notebook.GetProperty("cells").EnumerateArray()
                .Where(cell => cell.GetProperty("cell_type").GetString() == "code")
                .Select(cell => string.Concat(cell.GetProperty("source").EnumerateArray().Select(line => line.GetString())))];
            Assert.Equal("#r \"nuget: Bert.MLNet, 0.1.0\"", cells[0]);
            // In a program, unlike a notebook, types come last.
            string[] program = [.. cells[1..].OrderBy(cell => cell.StartsWith("public partial class", StringComparison.Ordinal))];
            Assert.Equal(4, program.Length);
            Assert.Empty(SnippetCompiler.Errors(name, $"```csharp\n{string.Join('\n', program)}\n```\n"));
        }
    }

    private static IEnumerable<JsonElement> Notebooks(string name) => GeneratedProject.OfEachTask(name).Select(project =>
        JsonElement.Parse(project.Files(new Dictionary<string, double>()).Single(file => file.Name == name + ".ipynb").Content));

    [GeneratedRegex("^[a-zA-Z0-9_-]{1,64}$")]
    private static partial Regex Id();
}
