namespace Bert.MLNet.Tests;

/// <summary>Opens the reference checkpoints. One that comes without a tokenizer gets that of another checkpoint of its family.</summary>
internal static class ReferenceCheckpoint
{
    private const string TokenizerConfig = "tokenizer_config.json";

    private static readonly string[] s_model = ["config.json", "model.safetensors"], s_others = ["expected.json", "recipe.json"];

    /// <summary>Opens the checkpoint in a folder of <c>shared/reference</c>.</summary>
    public static BertModel Open(string folder)
    {
        if (File.Exists(Path.Combine(folder, TokenizerConfig)))
            return BertModel.FromPretrained(folder);
        using var temporary = new TemporaryFolder();
        foreach (string file in Files(folder))
            File.Copy(file, temporary[Path.GetFileName(file)]);
        return BertModel.FromPretrained(temporary.Path);
    }

    /// <summary>The files of the checkpoint, its tokenizer's included.</summary>
    public static IEnumerable<string> Files(string folder)
    {
        IEnumerable<string> all = Directory.EnumerateFiles(folder).Where(file => !s_others.Contains(Path.GetFileName(file)));
        if (File.Exists(Path.Combine(folder, TokenizerConfig)))
            return all;
        string family = string.Join('-', Path.GetFileName(folder).Split('-')[..^2]) + "-";
        string tokenizer = Directory.EnumerateDirectories(Path.GetDirectoryName(folder)!)
            .First(other => Path.GetFileName(other).StartsWith(family, StringComparison.Ordinal)
                && File.Exists(Path.Combine(other, TokenizerConfig)));
        return all.Concat(Files(tokenizer).Where(file => !s_model.Contains(Path.GetFileName(file))));
    }
}
