using System.Text;

namespace Bert.MLNet.Pretraining.Evaluation;

/// <summary>Reads comma-separated rows with quoted fields.</summary>
internal static class Csv
{
    public static IEnumerable<string[]> Read(string path) => File.ReadLines(path).Where(line => line.Length > 0).Select(Split);

    public static string[] Split(string line)
    {
        var fields = new List<string>();
        var field = new StringBuilder();
        bool quoted = false;
        for (int i = 0; i < line.Length; i++)
        {
            if (line[i] == '"' && quoted && i + 1 < line.Length && line[i + 1] == '"')
                field.Append(line[i++]);
            else if (line[i] == '"')
                quoted = !quoted;
            else if (line[i] == ',' && !quoted)
            {
                fields.Add(field.ToString());
                field.Clear();
            }
            else
                field.Append(line[i]);
        }
        fields.Add(field.ToString());
        return [.. fields];
    }
}
